"""The temporary tables that the rules' SQL reads, made inside the month's transaction.

They stand on the stages of the month's computation (ind_unit, ind_batch_year, ind_report), so
units, years and reports are read the same way as for the figures themselves.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg2.extras import execute_values

from monitoring.operations.warning_inputs.values import Proposed, rule_values

MONTH_VALUE = """
CREATE TEMP TABLE month_value ON COMMIT DROP AS
SELECT indicator, "window", subject_type, subject_code, batch_code, year_no, group_code,
       product_code, numerator, denominator, assessed,
       institution_id, enterprise_id, county_id, city_id, pool_id, province_id
FROM {figures}
WHERE month = %(month)s AND denominator <> 0
"""

RULE_VALUE = """
CREATE TEMP TABLE rule_value (
    province_id bigint, batch_code text, key text, in_force boolean, value numeric, text text,
    clause text, policy_clause text
) ON COMMIT DROP
"""

# starts_on's own calendar month is the first month of the agreement year.
RULE_YEAR = """
CREATE TEMP TABLE rule_year ON COMMIT DROP AS
SELECT y.batch_code, y.year_no, y.starts_on, y.ends_on, y.elapsed_days, y.total_days,
       b.effective_on, %(last_day)s::date AS last_day,
       (extract(year FROM %(last_day)s::date) - extract(year FROM y.starts_on)) * 12
       + extract(month FROM %(last_day)s::date) - extract(month FROM y.starts_on) + 1 AS month_no
FROM ind_batch_year y
JOIN catalog_batch b ON b.id = y.batch_id
WHERE y.is_current
"""

# An explanation is accepted when all reports of the row are approved and one has an explanation.
RULE_EXPLAINED_REPORT = """
CREATE TEMP TABLE rule_explained_report ON COMMIT DROP AS
SELECT r.unit_id, b.code AS batch_code, r.year_no, g.code AS group_code
FROM ind_report r
JOIN volumes_volumereportline v ON v.id = r.id
JOIN catalog_batch b ON b.id = r.batch_id
JOIN catalog_group g ON g.id = r.group_id
GROUP BY r.unit_id, b.code, r.year_no, g.code
HAVING bool_and(r.status = 'approved') AND bool_or(v.explanation <> '')
"""

TABLES = ("month_value", "rule_value", "rule_year", "rule_explained_report")


def fill_rule_values(
    cursor: CursorWrapper, last_day: date, proposed: Proposed | None = None
) -> None:
    """Fill the empty rule_value with what is in force on the day, or with `proposed` in its place."""
    execute_values(
        cursor.cursor,
        "INSERT INTO rule_value VALUES %s",
        [
            (
                v.province_id, v.batch_code, v.key, v.in_force, v.value, v.text, v.clause,
                v.policy_clause,
            )
            for v in rule_values(last_day, proposed)
        ],
        page_size=1000,
    )  # fmt: skip


def make_rule_inputs(month: date, figures: str) -> None:
    """Fill the tables for the month whose first day is `month`; `figures` names its figures' table."""
    last_day = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    values = {"month": month, "last_day": last_day}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(MONTH_VALUE.format(figures=figures), values)
        cursor.execute(RULE_VALUE)
        fill_rule_values(cursor, last_day)
        cursor.execute(RULE_YEAR, values)
        cursor.execute(RULE_EXPLAINED_REPORT)
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
