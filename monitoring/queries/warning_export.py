"""The warnings of a month as CSV, exactly as the interchange format says."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from django.db import connection

# Texts sort by code point, as text; the measures have 6 decimals, held so when they were raised.
EXPORT = """
COPY (
    SELECT to_char(m.month, 'YYYY-MM') AS month, w.rule, m.severity, w.subject_type,
           w.subject_code, NULLIF(w.batch_code, '') AS batch_code, w.year_no,
           NULLIF(w.group_code, '') AS group_code, NULLIF(w.product_code, '') AS product_code,
           round(m.measured, 6) AS measured, round(m.threshold, 6) AS threshold, NULLIF(m.clause, '') AS clause
    FROM monitoring_warningmonth m
    JOIN monitoring_warning w ON w.id = m.warning_id
    WHERE m.month = DATE '{month:%Y-%m-%d}' AND w.rule = ANY (ARRAY[{rules}])
    ORDER BY w.rule COLLATE "C", m.severity COLLATE "C", w.subject_type COLLATE "C",
             w.subject_code COLLATE "C", w.batch_code COLLATE "C",
             COALESCE(w.year_no::text, '') COLLATE "C", w.group_code COLLATE "C",
             w.product_code COLLATE "C"
) TO STDOUT WITH (FORMAT csv, HEADER true)
"""


def write_warnings(month: date, rules: list[str], out: BinaryIO) -> None:
    """Stream the monthly rules' warnings of `month` to `out`; line ends are LF."""
    names = ", ".join(f"'{rule}'" for rule in rules)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(EXPORT.format(month=month, rules=names), out)
