"""Triggers that note, in the writer's transaction, what the live figures have to be folded for.

Statement-level with transition tables: one INSERT per statement, never a row of a summary. A
statement over LARGE rows leaves one mark instead, because then a rebuild is cheaper than a fold.
"""

from django.db import migrations

LARGE = 20_000
LINES = {
    "line": ("procurement_orderline", "id"),
    "delivery": ("procurement_delivery", "line_id"),
    "receipt": ("procurement_receipt", "line_id"),
    "return": ("procurement_return", "line_id"),
}
DOCUMENTS = {
    "agreement": "contracts_agreementline",
    "report": "volumes_volumereportline",
    "complaint": "complaints_complaint",
}
# All figures depend on these; of those with columns, on these columns only.
FOUNDATIONS = {
    "catalog_batch": "",
    "catalog_agreementyear": "",
    "catalog_batchparameter": "",
    "catalog_exemption": "",
    "catalog_group": "code",
    "catalog_product": "code, group_id, manufacturer_id, category, base_units_per_pack, tags",
    "catalog_selection": "",
    "catalog_substitute": "",
    "core_calendarday": "",
    "organisations_consortium": "",
    "organisations_consortiummembership": "",
    "organisations_organisation": "code, kind, region_id, pool_id",
    "organisations_pool": "code, region_id",
    "organisations_region": "code, level, parent_id",
    "policy_parametervalue": "",
    "policy_policy": "",
    "procurement_purchasehistory": "",
}
MARK = "INSERT INTO procurement_linedelta (kind, noted_at) VALUES ('rebuild', now());"

LINE_FUNCTION = f"""
CREATE FUNCTION note_{{kind}}_rows() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (SELECT count(*) FROM (SELECT FROM new_rows LIMIT {LARGE} + 1) x) > {LARGE} THEN
            {MARK}
        ELSE
            INSERT INTO procurement_linedelta (kind, row_id, line_id, ordered_at, noted_at)
            SELECT '{{kind}}', n.id, n.{{line}}, n.ordered_at, now() FROM new_rows n;
        END IF;
    ELSIF (SELECT count(*) FROM (SELECT FROM old_rows LIMIT {LARGE} + 1) x) > {LARGE} THEN
        {MARK}
    ELSE
        INSERT INTO procurement_linedelta (kind, row_id, line_id, ordered_at, old, noted_at)
        SELECT '{{kind}}', o.id, o.{{line}}, o.ordered_at, to_jsonb(o), now() FROM old_rows o;
        IF TG_OP = 'UPDATE' THEN
            -- Where the key itself moved, the row counts for another line too.
            INSERT INTO procurement_linedelta (kind, row_id, line_id, ordered_at, old, noted_at)
            SELECT '{{kind}}', n.id, n.{{line}}, n.ordered_at, to_jsonb(o), now()
            FROM new_rows n JOIN old_rows o USING (id)
            WHERE (n.{{line}}, n.ordered_at) <> (o.{{line}}, o.ordered_at);
        END IF;
    END IF;
    RETURN NULL;
END
$body$;
"""
DOCUMENT_FUNCTION = """
CREATE FUNCTION note_{kind}_rows() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO procurement_linedelta (kind, row_id, noted_at)
        SELECT DISTINCT '{kind}', o.institution_id, now() FROM old_rows o;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO procurement_linedelta (kind, row_id, noted_at)
        SELECT DISTINCT '{kind}', n.institution_id, now() FROM new_rows n;
    END IF;
    RETURN NULL;
END
$body$;
"""
MARK_FUNCTION = f"""
CREATE FUNCTION note_rebuild() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    {MARK}
    RETURN NULL;
END
$body$;
"""
CHANGED_FUNCTION = f"""
CREATE FUNCTION note_rebuild_{{table}}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT FROM new_rows n JOIN old_rows o USING (id)
               WHERE ({{new}}) IS DISTINCT FROM ({{old}})) THEN
        {MARK}
    END IF;
    RETURN NULL;
END
$body$;
"""
TRANSITIONS = {
    "INSERT": "REFERENCING NEW TABLE AS new_rows",
    "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "DELETE": "REFERENCING OLD TABLE AS old_rows",
}


def _triggers(table: str, function: str) -> list[str]:
    return [
        f"CREATE TRIGGER note_{verb.lower()} AFTER {verb} ON {table} {transition}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
        for verb, transition in TRANSITIONS.items()
    ]


def _foundation(table: str, columns: str) -> list[str]:
    plain = "INSERT OR DELETE" if columns else "INSERT OR UPDATE OR DELETE"
    made = [
        f"CREATE TRIGGER note_rebuild AFTER {plain} ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION note_rebuild()"
    ]
    if columns:
        names = columns.split(", ")
        made += [
            CHANGED_FUNCTION.format(
                table=table,
                new=", ".join(f"n.{name}" for name in names),
                old=", ".join(f"o.{name}" for name in names),
            ),
            f"CREATE TRIGGER note_update AFTER UPDATE ON {table} {TRANSITIONS['UPDATE']}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION note_rebuild_{table}()",
        ]
    return made


def _up() -> list[str]:
    made = [MARK_FUNCTION]
    for kind, (table, line) in LINES.items():
        made += [LINE_FUNCTION.format(kind=kind, line=line), *_triggers(table, f"note_{kind}_rows")]
    for kind, table in DOCUMENTS.items():
        made += [DOCUMENT_FUNCTION.format(kind=kind), *_triggers(table, f"note_{kind}_rows")]
    for table, columns in FOUNDATIONS.items():
        made += _foundation(table, columns)
    # An order that becomes urgent, or moves, changes the deadlines of lines that did not change.
    made += [
        CHANGED_FUNCTION.format(
            table="procurement_order", new="n.urgent, n.sent_at", old="o.urgent, o.sent_at"
        ),
        f"CREATE TRIGGER note_update AFTER UPDATE ON procurement_order {TRANSITIONS['UPDATE']}"
        " FOR EACH STATEMENT EXECUTE FUNCTION note_rebuild_procurement_order()",
    ]
    return made


def _down() -> list[str]:
    functions = [f"note_{kind}_rows" for kind in (*LINES, *DOCUMENTS)]
    functions += [f"note_rebuild_{table}" for table, columns in FOUNDATIONS.items() if columns]
    functions += ["note_rebuild_procurement_order", "note_rebuild"]
    return [f"DROP FUNCTION {name}() CASCADE" for name in functions]


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0003_live_figures")]

    operations = [migrations.RunSQL(_up(), _down())]
