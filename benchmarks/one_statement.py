"""The same figures as one statement: every level of every indicator by GROUPING SETS over its lines.

The statement is made from the platform's own declarations, so it aggregates exactly what the job
does; the stages are common table expressions in it. It ends in a logged table, without indexes.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from benchmarks.twin import session
from monitoring.indicators.base import flags
from monitoring.indicators.declaration import Indicator
from monitoring.indicators.registry import INDICATORS
from monitoring.indicators.render import render
from monitoring.indicators.rollup import KEY_COLUMNS
from monitoring.indicators.scope import WHOLE
from monitoring.indicators.staging import with_stages

TABLE = "rollup.bench_one_statement"
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
WINDOWS = ("in_month", "in_ytd", "first_month", "first_ytd")


def statement() -> str:
    """CREATE TABLE AS of all indicators, with the stages at its head."""
    select = " UNION ALL ".join(_levels(indicator) for indicator in INDICATORS)
    return f"CREATE TABLE {TABLE} AS {with_stages(select, WHOLE)}"


def _levels(indicator: Indicator) -> str:
    sets = [
        list(dict.fromkeys(
            [LEVELS[kind], *(column for key in subject.keys for column in KEY_COLUMNS[key])]
        ))
        for subject in indicator.subjects
        for kind in subject.types
    ]  # fmt: skip
    grouped = {key for columns in sets for key in columns}
    shown = ", ".join(f"{key}::text" if key in grouped else f"NULL::text AS {key}" for key in KEYS)
    sums = ", ".join(
        (f"sum({side}) FILTER (WHERE {window})" if window in flags(indicator) else "NULL::numeric")
        + f" AS {window}_{side}"
        for window in WINDOWS
        for side in ("numerator", "denominator")
    )
    return (
        f"(SELECT '{indicator.code}' AS indicator, {shown}, {sums}"
        f" FROM ({render(indicator.code)}) lines JOIN ind_home USING (unit_id)"
        f" GROUP BY GROUPING SETS ({', '.join('(' + ', '.join(columns) + ')' for columns in sets)}))"
    )


def run(values: dict[str, Any], limit_seconds: float) -> bool:
    """Run it once; False when it was ended at the limit."""
    from django.db import OperationalError

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            session(cursor)
            cursor.execute(f"SET LOCAL statement_timeout = {int(limit_seconds * 1000)}")
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
            cursor.execute(statement(), values)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != "57014":
            raise
        return False
    return True
