"""Replace the kept unit rows of the keys that changed, and say by how much they differ."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.backends.utils import CursorWrapper

from monitoring.indicators.base import held
from monitoring.indicators.render import render
from monitoring.indicators.stages import LOST
from monitoring.operations.live.images import tables_of
from monitoring.operations.live.kept import (
    GROUP_BUCKET,
    PIECE_CODES,
    PRODUCT_BUCKET,
    SCHEMA,
    SUMS,
    columns_of,
    insert_base,
    keyed_rows,
)
from monitoring.operations.live.placed import placed
from monitoring.operations.live.plans import Keyed

KEYS = "live_key"
OF_DOCUMENTS = {"agreement": PRODUCT_BUCKET, "report": GROUP_BUCKET}


def start_keys(cursor: CursorWrapper) -> None:
    """The tables that the noted keys, and the kept rows that go and come, are gathered in."""
    cursor.execute(
        f"CREATE TEMP TABLE {KEYS} (unit_id bigint, bucket bigint) ON COMMIT DROP;"
        "CREATE TEMP TABLE live_gone (LIKE rollup.live_base) ON COMMIT DROP;"
        "CREATE TEMP TABLE live_come (LIKE rollup.live_base) ON COMMIT DROP"
    )


def add_movements(cursor: CursorWrapper) -> None:
    """Add to the kept sums what the changed lines' receipts and returns come to; note their keys."""
    for name, (keys, bucket) in SUMS.items():
        cursor.execute(
            f"""
            WITH change AS (
                SELECT {keys}, sum(quantity) AS quantity, sum(amount) AS amount FROM (
                    SELECT {keys}, quantity, amount FROM live_new_{name}
                    UNION ALL SELECT {keys}, -quantity, -amount FROM live_old_{name}
                ) both_sides GROUP BY {keys} HAVING sum(quantity) <> 0 OR sum(amount) <> 0
            ), kept AS (
                INSERT INTO {SCHEMA}.ind_{name}
                SELECT {keys}, {bucket}, quantity, amount FROM change
            )
            INSERT INTO {KEYS} SELECT DISTINCT unit_id, {bucket} FROM change"""
        )


def replace_documents(cursor: CursorWrapper, kind: str, parameters: dict[str, Any]) -> None:
    """Read the agreements or reports of the changed institutions' units anew; note their keys."""
    bucket = OF_DOCUMENTS[kind]
    cursor.execute(
        f"CREATE TEMP TABLE live_unit_{kind} ON COMMIT DROP AS SELECT DISTINCT u.unit_id"
        " FROM live_document d JOIN ind_unit u ON u.institution_id = d.institution_id"
        " WHERE d.kind = %s",
        [kind],
    )
    cursor.execute(
        f"WITH gone AS (DELETE FROM {SCHEMA}.ind_{kind}"
        f" WHERE unit_id IN (SELECT unit_id FROM live_unit_{kind}) RETURNING *)"
        f" INSERT INTO {KEYS} SELECT DISTINCT unit_id, {bucket} FROM gone"
    )
    select = placed(render(f"stages/{kind}"), {"ind_batch_year": "live_new_batch_year"})
    whose = (
        "SELECT institution_id FROM ind_unit"
        f" WHERE unit_id IN (SELECT unit_id FROM live_unit_{kind})"
    )
    cursor.execute(
        f"WITH added AS (INSERT INTO {SCHEMA}.ind_{kind} SELECT * FROM ({select}) x"
        f" WHERE x.institution_id IN ({whose}) RETURNING *)"
        f" INSERT INTO {KEYS} SELECT DISTINCT unit_id, {bucket} FROM added",
        parameters,
    )


def build_key_stages(cursor: CursorWrapper, parameters: dict[str, Any]) -> int:
    """The stages of the noted keys only, in the place of the whole ones; returns how many keys."""
    cursor.execute(
        f"CREATE TEMP TABLE live_keys ON COMMIT DROP AS"
        f" SELECT DISTINCT unit_id, bucket FROM {KEYS} WHERE bucket IS NOT NULL"
    )
    count = int(cursor.rowcount)
    if not count:
        return 0
    cursor.execute("ANALYZE live_keys")
    for name, (keys, _) in SUMS.items():
        listed = ", ".join(f"s.{column.strip()}" for column in keys.split(","))
        cursor.execute(
            f"CREATE TEMP TABLE ind_{name} ON COMMIT DROP AS"
            f" SELECT {listed}, sum(s.quantity) AS quantity, sum(s.amount) AS amount, {LOST}"
            f" FROM live_keys k JOIN {SCHEMA}.ind_{name} s"
            f"   ON s.unit_id = k.unit_id AND s.bucket = k.bucket GROUP BY {listed}"
        )
    for name, bucket in OF_DOCUMENTS.items():
        cursor.execute(
            f"CREATE TEMP TABLE ind_{name} ON COMMIT DROP AS SELECT s.* FROM {SCHEMA}.ind_{name} s"
            " WHERE s.unit_id IN (SELECT unit_id FROM live_keys)"
            f" AND (s.unit_id, {bucket}) IN (SELECT unit_id, bucket FROM live_keys)"
        )
    for name in ("agreed", "completion"):
        cursor.execute(
            f"CREATE TEMP TABLE ind_{name} ON COMMIT DROP AS {_lines(f'stages/{name}')}",
            parameters,
        )
    return count


@cache
def _lines(source: str) -> str:
    """The SQL of a stage or an indicator over the noted keys' stages."""
    return placed(render(source), _tables())


def _tables() -> dict[str, str]:
    """The kept stages under their names; years up to this cut."""
    found = tables_of("new")
    return {name: found[name] for name in ("ind_batch_year", "ind_substitute")}


def replace_keys(cursor: CursorWrapper, plans: Iterable[Keyed], parameters: dict[str, Any]) -> None:
    """Take the kept rows of the noted keys out into live_gone, and put in what they are now."""
    listed = ", ".join(f"'{plan.indicator.code}'" for plan in plans)
    cursor.execute(
        "WITH gone AS (DELETE FROM rollup.live_base b USING live_keys k"
        "  WHERE b.unit_id = k.unit_id AND b.bucket = k.bucket"
        f"   AND b.indicator IN ({listed}) RETURNING b.*)"
        " INSERT INTO live_gone SELECT * FROM gone"
    )
    for plan in plans:
        lines = _lines(plan.indicator.code)
        cursor.execute(insert_base(plan, "live_come", keyed_rows(plan, lines)), parameters)
    cursor.execute(
        f"INSERT INTO rollup.live_base SELECT * FROM live_come WHERE indicator IN ({listed})"
    )


def replace_units(
    cursor: CursorWrapper, plans: Iterable[Keyed], units: str, parameters: dict[str, Any]
) -> None:
    """The same for indicators whose rows are replaced by unit: all of the units that a SELECT gives."""
    tables = {**_tables(), "ind_agreement": "rollup.ind_agreement"}
    for plan in plans:
        cursor.execute(
            "WITH gone AS (DELETE FROM rollup.live_base"
            f" WHERE indicator = '{plan.indicator.code}' AND bucket = 0"
            f"  AND unit_id IN ({units}) RETURNING *)"
            " INSERT INTO live_gone SELECT * FROM gone"
        )
        # Of all units by the whole definition, restricted where PostgreSQL can push it down.
        lines = placed(render(plan.indicator.code), tables)
        lines = f"SELECT * FROM ({lines}) whole WHERE unit_id IN ({units})"
        cursor.execute(insert_base(plan, "live_come", keyed_rows(plan, lines)), parameters)
        cursor.execute(
            "INSERT INTO rollup.live_base SELECT * FROM live_come WHERE indicator = %s",
            [plan.indicator.code],
        )


def key_changes(plan: Keyed) -> str:
    """The SELECT of the indicator's unit rows as now less before, where they differ."""
    if plan.pieces:
        return _piece_changes(plan)
    columns = [name for name in columns_of(plan) if name != "assessed"]
    measured = [name for name in columns if name.endswith(("_numerator", "_denominator"))]
    dimensions = ", ".join(["unit_id", *(name for name in columns if name not in measured)])
    sums = ", ".join(f"sum(sign * {name}) AS {name}" for name in measured)
    some = " OR ".join(f"{name} <> 0" for name in measured)
    return (
        "SELECT * FROM ("
        f" SELECT {dimensions}, {sums},"
        "  COALESCE(bool_and(assessed) FILTER (WHERE sign = 1), TRUE) AS assessed,"
        "  bool_and(assessed) FILTER (WHERE sign = 1)"
        "   IS DISTINCT FROM bool_and(assessed) FILTER (WHERE sign = -1) AS turned"
        "  FROM (SELECT 1 AS sign, * FROM live_come UNION ALL SELECT -1, * FROM live_gone) x"
        f" WHERE indicator = '{plan.indicator.code}' GROUP BY {dimensions}) summed"
        f" WHERE {some} OR turned"
    )


def _piece_changes(plan: Keyed) -> str:
    """Sums are held once: of all pieces as they are, less of all pieces as they were."""
    code = plan.indicator.code
    now, before = (
        ", ".join(
            f"{held(f'sum({side}) FILTER (WHERE {which})')} AS {name}_{side}"
            for side in ("in_ytd_numerator", "in_ytd_denominator")
        )
        for name, which in (("now", "kind <> 'gone'"), ("before", "kind <> 'come'"))
    )
    return f"""
        WITH touched AS MATERIALIZED (
            SELECT DISTINCT unit_id, batch_id, year_no FROM (
                SELECT * FROM live_come WHERE indicator = '{code}'
                UNION ALL SELECT * FROM live_gone WHERE indicator = '{code}') x
        ), pieces AS (
            SELECT 'kept' AS kind, b.unit_id, b.batch_id, b.year_no,
                   b.in_ytd_numerator, b.in_ytd_denominator
            FROM touched t
            JOIN rollup.live_base b
              ON b.unit_id = t.unit_id AND b.batch_id = t.batch_id AND b.year_no = t.year_no
             AND b.indicator = '{code}' AND b.indicator IN ({PIECE_CODES})
            LEFT JOIN live_keys k ON k.unit_id = b.unit_id AND k.bucket = b.bucket
            WHERE k.unit_id IS NULL
            UNION ALL
            SELECT 'come', unit_id, batch_id, year_no, in_ytd_numerator, in_ytd_denominator
            FROM live_come WHERE indicator = '{code}'
            UNION ALL
            SELECT 'gone', unit_id, batch_id, year_no, in_ytd_numerator, in_ytd_denominator
            FROM live_gone WHERE indicator = '{code}'
        )
        SELECT unit_id, batch_id, year_no,
               now_in_ytd_numerator - before_in_ytd_numerator AS in_ytd_numerator,
               now_in_ytd_denominator - before_in_ytd_denominator AS in_ytd_denominator,
               TRUE AS assessed
        FROM (SELECT unit_id, batch_id, year_no, {now}, {before}
              FROM pieces GROUP BY unit_id, batch_id, year_no) sums
        WHERE now_in_ytd_numerator <> before_in_ytd_numerator
           OR now_in_ytd_denominator <> before_in_ytd_denominator"""
