"""What the formula needs of every unit and group, collected in one statement from the year's stages."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from monitoring.queries.assessment import YearTerms, build_assessment
from settlement.formulas.retention import Inputs, Terms

CHUNK = 5000

COLLECT = """
CREATE TEMP TABLE retention_collected ON COMMIT DROP AS
SELECT a.unit_id, h.county_id, h.city_id, h.province_id, h.pool_id, a.group_id,
       r.reported, COALESCE(x.used, 0) AS used, COALESCE(d.worth, 0) AS worth,
       COALESCE(x.other, 0) AS other,
       i.baseline_price, i.fund_share_before, i.fund_share, i.insured_share,
       a.because, a.products, a.exempt, a.agreed, a.completed, a.incomplete,
       a.share_numerator, a.share_denominator
FROM ind_assessment a
JOIN ind_home h ON h.unit_id = a.unit_id
LEFT JOIN (
    -- A report of 0 is none; a consortium's members are added up.
    SELECT unit_id, group_id, NULLIF(sum(reported_qty), 0) AS reported
    FROM ind_report
    WHERE batch_id = %(scope_batch)s AND year_no = %(year_no)s AND status = 'approved'
    GROUP BY unit_id, group_id
) r ON r.unit_id = a.unit_id AND r.group_id = a.group_id
LEFT JOIN (
    SELECT unit_id, group_id, sum(quantity) AS used,
           -- Everything that U counts besides selected and verified standby.
           sum(amount) FILTER (WHERE role = 'none' OR role = 'standby' AND left_out IS NOT NULL)
               AS other
    FROM ind_accepted
    WHERE batch_id = %(scope_batch)s AND year_no = %(year_no)s AND covered
    GROUP BY unit_id, group_id
) x ON x.unit_id = a.unit_id AND x.group_id = a.group_id
LEFT JOIN (
    SELECT unit_id, group_id, sum(round(round(worth, 30) / base_units_per_pack, 28)) AS worth
    FROM ind_agreed
    WHERE batch_id = %(scope_batch)s AND year_no = %(year_no)s
    GROUP BY unit_id, group_id
) d ON d.unit_id = a.unit_id AND d.group_id = a.group_id
LEFT JOIN settlement_retentioninput i
       ON i.batch_id = %(scope_batch)s AND i.year_no = %(year_no)s
      AND i.pool_id = h.pool_id AND i.group_id = a.group_id
WHERE r.reported IS NOT NULL OR a.has_agreement OR x.used > 0
"""


class Collected(NamedTuple):
    """One unit × group as collected, in the order of the statement's columns."""

    unit_id: int
    county_id: int | None
    city_id: int | None
    province_id: int
    pool_id: int | None
    group_id: int
    reported: Decimal | None
    used: Decimal
    worth: Decimal
    other: Decimal
    baseline_price: Decimal | None
    fund_share_before: Decimal | None
    fund_share: Decimal | None
    insured_share: Decimal | None
    because: str
    products: int
    exempt: int
    agreed: Decimal
    completed: Decimal
    incomplete: list[str]
    share_numerator: Decimal
    share_denominator: Decimal

    def inputs(self) -> Inputs:
        return Inputs(
            self.reported, self.used, self.worth, self.other, self.baseline_price,
            self.fund_share_before, self.fund_share, self.insured_share, self.because,
        )  # fmt: skip


def formula_terms(terms: YearTerms) -> Terms:
    """Basis, largest ratio and tolerance of the year's last day. Raises MissingPolicyValue."""
    values = terms.values
    return Terms(
        values["retention_basis"].text,
        values["retention_ratio_max"].number,
        values["retention_accuracy_tolerance"].number,
    )


def collect(
    cursor: CursorWrapper, terms: YearTerms, institutions: tuple[int, ...] | None = None
) -> int:
    """Fill the temporary table `retention_collected`; gives the number of its rows."""
    parameters: dict[str, Any] = build_assessment(cursor, terms, institutions=institutions)
    cursor.execute("DROP TABLE IF EXISTS pg_temp.retention_collected")
    cursor.execute(COLLECT, parameters)
    return int(cursor.rowcount)


def collected(pools: list[int]) -> Iterator[list[Collected]]:
    """The rows of these pools by unit and group, CHUNK at a time, from a cursor of the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT * FROM retention_collected WHERE pool_id = ANY (%s) ORDER BY unit_id, group_id",
            [pools],
        )
        while rows := cursor.fetchmany(CHUNK):
            yield [Collected(*row) for row in rows]
