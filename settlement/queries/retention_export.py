"""The rows of a batch's year as the exported file, streamed from the database."""

from __future__ import annotations

from typing import IO

from django.db import connection

from catalog.models import AgreementYear

# Quantities exact without trailing zeros; money rounds half away from zero to 0.01, once, here.
EXPORT = """
COPY (
    SELECT b.code AS batch_code, r.year_no, o.code AS institution_code, g.code AS group_code,
           trim_scale(w.reported_qty) AS reported_qty, trim_scale(w.actual_qty) AS actual_qty,
           trim_scale(w.basis_qty) AS basis_qty, trim_scale(w.baseline_price) AS baseline_price,
           trim_scale(w.fund_share_before) AS fund_share_before,
           trim_scale(w.fund_share) AS fund_share, trim_scale(w.insured_share) AS insured_share,
           round(round(w.budget, 20), 2) AS budget, round(round(w.spend, 20), 2) AS spend,
           round(round(w.base, 20), 2) AS base, w.passed::int AS passed,
           NULLIF(w.failed_because, '') AS failed_because, round(round(w.ratio, 20), 6) AS ratio,
           w.retained
    FROM settlement_retentionrow w
    JOIN settlement_retentionrun r ON r.id = w.run_id
    JOIN catalog_batch b ON b.id = r.batch_id
    JOIN organisations_organisation o ON o.id = w.institution_id
    JOIN catalog_group g ON g.id = w.group_id
    WHERE r.batch_id = %s AND r.year_no = %s
    ORDER BY o.code COLLATE "C", g.code COLLATE "C"
) TO STDOUT WITH (FORMAT csv, HEADER true)
"""


def write_retention(year: AgreementYear, out: IO[bytes]) -> None:
    """Write every row of the year as UTF-8 CSV with LF line ends, header first."""
    with connection.cursor() as cursor:
        statement = cursor.mogrify(EXPORT, [year.batch_id, year.year_no])
        cursor.cursor.copy_expert(statement.decode(), out)
