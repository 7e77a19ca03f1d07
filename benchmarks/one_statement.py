"""The same figures as one statement: every level of every indicator by GROUPING SETS over its lines.

The statement is made from the platform's own declarations, so it aggregates exactly what the job
does; the stages are common table expressions in it. It fills a table of the same columns, which
then gets the same indexes. (Base rows are not rounded to 8 decimals before they are summed.)
"""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, connection, transaction

from benchmarks.twin import finish, session, start
from monitoring.indicators.base import flags
from monitoring.indicators.declaration import Indicator
from monitoring.indicators.registry import INDICATORS
from monitoring.indicators.render import render
from monitoring.indicators.rollup import COLUMNS, KEY_COLUMNS
from monitoring.indicators.scope import WHOLE
from monitoring.indicators.staging import with_stages

TABLE = "bench_one_statement"
QUERY_CANCELLED = "57014"
LEVELS = {
    "institution": "unit_id",
    "county": "county_id",
    "city": "city_id",
    "pool": "pool_id",
    "province": "province_id",
    "manufacturer": "manufacturer_id",
    "distributor": "distributor_id",
    "product": "product_id",
}
KEYS = ("unit_id", "county_id", "city_id", "pool_id", "province_id", "manufacturer_id",
        "distributor_id", "product_id", "batch_id", "year_no", "group_id", "category")  # fmt: skip
TYPES = {"year_no": "smallint", "category": "text"}
WINDOWS = ("month", "ytd")


def statement(target: str) -> str:
    """INSERT of all rows of all indicators, with the stages at its head."""
    levels = " UNION ALL ".join(_levels(indicator) for indicator in INDICATORS)
    level = " ".join(
        f"WHEN a.{column} IS NOT NULL THEN '{kind}'" for kind, column in LEVELS.items()
    )
    select = f"""
        SELECT %(month_first)s::date, a.indicator, w.name, CASE {level} END,
               COALESCE(o.code, r.code, l.code, p.code), COALESCE(b.code, ''), a.year_no,
               COALESCE(g.code, ''), CASE WHEN a.unit_id IS NULL THEN '' ELSE COALESCE(p.code, '') END,
               COALESCE(a.category, ''), w.n, w.d, a.assessed,
               a.unit_id, COALESCE(a.manufacturer_id, a.distributor_id, p.manufacturer_id),
               a.county_id, a.city_id, a.pool_id, 1
        FROM ({levels}) a
        LEFT JOIN organisations_organisation o
               ON o.id = COALESCE(a.unit_id, a.manufacturer_id, a.distributor_id)
        LEFT JOIN organisations_region r ON r.id = COALESCE(a.county_id, a.city_id, a.province_id)
        LEFT JOIN organisations_pool l ON l.id = a.pool_id
        LEFT JOIN catalog_product p ON p.id = a.product_id
        LEFT JOIN catalog_batch b ON b.id = a.batch_id
        LEFT JOIN catalog_group g ON g.id = a.group_id
        CROSS JOIN LATERAL (VALUES ('month', a.month_n, a.month_d), ('ytd', a.ytd_n, a.ytd_d))
            AS w(name, n, d)
        WHERE CASE {level} END IS NOT NULL AND (w.n <> 0 OR w.d <> 0)"""
    return f"INSERT INTO {target} ({COLUMNS}) {with_stages(select, WHOLE)}"


def _levels(indicator: Indicator) -> str:
    sets = [
        list(dict.fromkeys(
            [LEVELS[kind], *(column for key in subject.keys for column in KEY_COLUMNS[key])]
        ))
        for subject in indicator.subjects
        for kind in subject.types
    ]  # fmt: skip
    grouped = {key for columns in sets for key in columns}
    shown = ", ".join(
        key if key in grouped else f"NULL::{TYPES.get(key, 'bigint')} AS {key}" for key in KEYS
    )
    sums = ", ".join(
        f"COALESCE({_sum(indicator, window, side)}, 0) AS {window}_{side[0]}"
        for window in WINDOWS
        for side in ("numerator", "denominator")
    )
    by = ", ".join(f"({', '.join(columns)})" for columns in sets)
    return (
        f"(SELECT '{indicator.code}' AS indicator, {shown}, {sums}, bool_and(assessed) AS assessed"
        f" FROM ({render(indicator.code)}) lines JOIN ind_home USING (unit_id)"
        f" GROUP BY GROUPING SETS ({by}))"
    )


def _sum(indicator: Indicator, window: str, side: str) -> str:
    """Rows with a batch and rows without may count different lines."""
    if window not in indicator.windows:
        return "NULL::numeric"
    of = {kind: f"sum({side}) FILTER (WHERE {kind}_{window})" for kind in ("in", "first")}
    if f"first_{window}" not in flags(indicator):
        return of["in"]
    if "batch_id" not in indicator.dimensions:
        return of["first"]
    return f"CASE WHEN batch_id IS NULL THEN {of['first']} ELSE {of['in']} END"


def run(values: dict[str, Any], limit_seconds: float) -> bool:
    """Run it once; False when it was ended at the limit."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            session(cursor)
            cursor.execute(f"SET LOCAL statement_timeout = {int(limit_seconds * 1000)}")
            target = start(cursor, TABLE)
            cursor.execute(statement(target), values)
            finish(cursor, TABLE)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != QUERY_CANCELLED:
            raise
        return False
    return True
