"""The hand-written staged SQL that the monthly job is measured against, and the bare reading."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from monitoring.indicators.cut import MonthCut, parameters_of
from monitoring.indicators.rollup import COLUMNS

SQL = Path(__file__).parent / "sql"
SCHEMA = "rollup"
TABLE = "bench_twin"
SESSION = {
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "work_mem": "'64MB'",
    "enable_nestloop": "off",
    "default_statistics_target": "10",
}


def session(cursor: CursorWrapper) -> None:
    """The settings that the job itself works with."""
    for name, value in SESSION.items():
        cursor.execute(f"SET LOCAL {name} = {value}")


def parameters(month: date) -> dict[str, Any]:
    """Moments and policy values; how they are found is not part of the comparison."""
    return parameters_of(MonthCut(month))[0]


def start(cursor: CursorWrapper, table: str) -> str:
    """A new empty table of the figures' columns; returns its name."""
    cursor.execute(
        f"CREATE TABLE {SCHEMA}.{table}_new"
        " (LIKE rollup.indicator_value INCLUDING DEFAULTS INCLUDING IDENTITY)"
    )
    return f"{SCHEMA}.{table}_new"


def finish(cursor: CursorWrapper, table: str) -> None:
    """Give the new table the live table's indexes and put it in the place of the last one."""
    cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")
    cursor.execute(
        "SELECT pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = 'rollup.indicator_value'::regclass"
    )
    for (definition,) in cursor.fetchall():
        unique = "UNIQUE " if definition.startswith("CREATE UNIQUE") else ""
        how = definition.split(" USING ", 1)[1]
        cursor.execute(f"CREATE {unique}INDEX ON {SCHEMA}.{table}_new USING {how}")
    cursor.execute(f"ANALYZE {SCHEMA}.{table}_new")
    cursor.execute(f"DROP TABLE IF EXISTS {SCHEMA}.{table}")
    cursor.execute(f"ALTER TABLE {SCHEMA}.{table}_new RENAME TO {table}")


def compute(values: dict[str, Any]) -> None:
    """Figures of the month into a new table with the live table's indexes, swapped in."""
    with transaction.atomic(), connection.cursor() as cursor:
        session(cursor)
        target = start(cursor, TABLE)
        for path in sorted((SQL / "twin").glob("*.sql")):
            text = path.read_text().replace("{target}", target)
            cursor.execute(text.replace("{columns}", COLUMNS), values)
        finish(cursor, TABLE)


def read_bare(values: dict[str, Any]) -> None:
    """The same windows read and grouped, fewer measures and no standing of products: a floor."""
    with transaction.atomic(), connection.cursor() as cursor:
        session(cursor)
        for path in sorted((SQL / "bare").glob("*.sql")):
            cursor.execute(path.read_text(), values)
            cursor.fetchall()


def differences(month: date) -> list[str]:
    """Where the twin's figures are not the platform's: none, or the ratio means nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT indicator || ' ' || win || ' ' || kind || '：' || count(*) || ' 行不同'
            FROM (
                SELECT indicator, "window" AS win, subject_type AS kind, subject_code, batch_code,
                       year_no, group_code, product_code, category, numerator, denominator,
                       assessed, institution_id, enterprise_id, county_id, city_id, pool_id,
                       province_id, sum(side) AS balance
                FROM (
                    SELECT v.*, 1 AS side FROM rollup.indicator_value v WHERE v.month = %(month)s
                    UNION ALL
                    SELECT t.*, -1 FROM {SCHEMA}.{TABLE} t
                ) both_sides
                GROUP BY indicator, "window", subject_type, subject_code, batch_code, year_no,
                         group_code, product_code, category, numerator, denominator, assessed,
                         institution_id, enterprise_id, county_id, city_id, pool_id, province_id
                HAVING sum(side) <> 0
            ) x
            GROUP BY indicator, win, kind ORDER BY indicator, win, kind
            """,
            {"month": month},
        )
        return [row[0] for row in cursor.fetchall()]
