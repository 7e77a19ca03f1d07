"""R-6: what the application's role may do to each table is decided, and is what the database allows."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, connections

from core.database.grants import ROLLUP_SCHEMA
from core.database.privileges import VERBS, Policy, table_policies
from tests.architecture.stage_tables import STAGE_TABLES

# Made by knox's migration before its model was swapped for ours; nothing writes it.
OF_NO_MODEL: dict[str, Policy] = {"knox_authtoken": "stage"}
VERBS_OF_A_TABLE = (
    "SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN",
)  # fmt: skip
ALLOWED = """
    SELECT n.nspname, CASE WHEN c.relispartition THEN (SELECT r.relname FROM pg_class r
                                                       WHERE r.oid = pg_partition_root(c.oid))
                           ELSE c.relname END AS root,
           c.relname, pg_get_userbyid(c.relowner) = current_user AS owned,
           array(SELECT verb FROM unnest(%s::text[]) verb
                 WHERE has_table_privilege(current_user, c.oid, verb)) AS verbs,
           array(SELECT verb FROM unnest(%s::text[]) verb
                 WHERE has_table_privilege('public', c.oid, verb)) AS of_all
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid
                      AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
"""


def test_every_table_has_a_decision() -> None:
    """A new model says `db_privileges`, or its table is added to STAGE_TABLES with a thought."""
    silent = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        and not model._meta.db_table.startswith(f'{ROLLUP_SCHEMA}"')
        and not hasattr(model, "db_privileges")
        and table_policies()[model._meta.db_table] == "stage"
    }
    assert silent == STAGE_TABLES


def deviations() -> list[str]:
    """Tables on which the application's role can do other things than was decided."""
    policies = table_policies() | OF_NO_MODEL
    wrong = []
    with connection.cursor() as cursor:
        cursor.execute(ALLOWED, [list(VERBS_OF_A_TABLE), list(VERBS_OF_A_TABLE)])
        for schema, root, table, owned, verbs, of_all in cursor.fetchall():
            if of_all:
                wrong.append(f"{schema}.{table}: open to every role")
            if schema == ROLLUP_SCHEMA:
                if not owned:
                    wrong.append(f"{schema}.{table}: derived data, not the application's")
            elif root not in policies:
                wrong.append(f"{schema}.{table}: of no model, nothing was decided")
            elif owned:
                wrong.append(f"{schema}.{table}: owned by the application, which can undo grants")
            elif set(verbs) != set(VERBS[policies[root]]):
                wrong.append(f"{schema}.{table}: {sorted(verbs)}, decided {policies[root]}")
    return wrong


@pytest.mark.django_db
def test_the_database_allows_exactly_what_was_decided() -> None:
    assert deviations() == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication"
            " FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone()[0] is False


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(
    "loosened",
    [
        "GRANT DELETE ON core_auditevent TO {}",
        "GRANT TRUNCATE ON procurement_orderline TO {}",
        "GRANT SELECT ON organisations_user TO PUBLIC",
        "CREATE TABLE public.unknown_rows (id int)",
    ],
)
def test_control_what_is_looser_is_found(loosened: str) -> None:
    """The look is taken by the owner's connection on behalf of the application's role."""
    role = connection.settings_dict["USER"]
    with connections["owner"].cursor() as cursor:
        cursor.execute(loosened.format(role))
        cursor.execute(
            ALLOWED.replace("current_user", f"'{role}'"),
            [list(VERBS_OF_A_TABLE), list(VERBS_OF_A_TABLE)],
        )
        found = {row[2]: row for row in cursor.fetchall()}
    policies = table_policies()
    assert any(
        name not in policies or of_all or set(verbs) != set(VERBS[policies[name]])
        for name, (_, _, _, _, verbs, of_all) in found.items()
        if name in loosened
    )
