"""Who holds a lot: from deliveries, receipts and returns, in one statement of set-based SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from catalog.models import Product
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_alternatives

HOLDINGS = """
WITH shipped AS (
    SELECT d.id, d.line_id, d.lot_no, d.packs, d.institution_id, d.distributor_id,
           d.manufacturer_id, d.county_id, d.city_id, d.province_id, d.pool_id
    FROM procurement_delivery d
    WHERE d.product_id = %(product)s AND d.lot_no <> '' AND d.lot_no = ANY (%(lots)s)
      AND {seen}
), taken AS (
    SELECT s.id, sum(r.accepted_packs) AS accepted
    FROM shipped s
    JOIN procurement_receipt r ON r.line_id = s.line_id AND r.delivery_id = s.id
    GROUP BY s.id
), lines AS (
    SELECT s.line_id, s.lot_no, sum(t.accepted) AS accepted,
           NOT EXISTS (SELECT FROM procurement_delivery o
                       WHERE o.line_id = s.line_id AND o.lot_no <> s.lot_no) AS only_lot
    FROM shipped s LEFT JOIN taken t ON t.id = s.id
    GROUP BY s.line_id, s.lot_no
), returned AS (
    SELECT l.line_id, l.lot_no,
           CASE WHEN l.only_lot THEN least(x.packs, l.accepted) ELSE 0 END AS certain,
           CASE WHEN l.only_lot THEN 0 ELSE x.packs END AS unclear
    FROM lines l
    CROSS JOIN LATERAL (SELECT coalesce(sum(b.packs), 0) AS packs FROM procurement_return b
                        WHERE b.line_id = l.line_id) x
    WHERE l.accepted > 0
), parts AS (
    SELECT s.lot_no, s.institution_id, s.distributor_id, max(s.manufacturer_id) AS manufacturer_id,
           max(s.county_id) AS county_id, max(s.city_id) AS city_id,
           max(s.province_id) AS province_id, max(s.pool_id) AS pool_id,
           coalesce(sum(t.accepted), 0) AS received,
           coalesce(sum(s.packs) FILTER (WHERE t.id IS NULL), 0) AS unreceived
    FROM shipped s LEFT JOIN taken t ON t.id = s.id
    GROUP BY s.lot_no, s.institution_id, s.distributor_id
), sent_back AS (
    SELECT k.lot_no, k.institution_id, k.distributor_id, sum(b.certain) AS certain,
           sum(b.unclear) AS unclear
    FROM (SELECT DISTINCT line_id, lot_no, institution_id, distributor_id FROM shipped) k
    JOIN returned b ON b.line_id = k.line_id AND b.lot_no = k.lot_no
    GROUP BY k.lot_no, k.institution_id, k.distributor_id
)
SELECT p.lot_no, p.institution_id, p.distributor_id, p.manufacturer_id, p.county_id, p.city_id,
       p.province_id, p.pool_id, p.received, coalesce(b.certain, 0) AS returned,
       coalesce(b.unclear, 0) AS unclear, p.unreceived
FROM parts p
LEFT JOIN sent_back b ON b.lot_no = p.lot_no AND b.institution_id = p.institution_id
                     AND b.distributor_id IS NOT DISTINCT FROM p.distributor_id
WHERE p.received > coalesce(b.certain, 0) OR p.unreceived > 0
"""
"""Returns carry no lot. One of a line whose deliveries are all of this lot is certain; of a line
with several lots it may be of either, so that nothing is taken off and `unclear` says how much."""


@dataclass(frozen=True)
class LotHolding:
    """What one institution has of a lot by one distributor, in packs."""

    lot_no: str
    institution: str
    institution_code: str
    county: str
    city: str
    distributor: str
    received: Decimal
    returned: Decimal
    unclear: Decimal
    unreceived: Decimal

    @property
    def held(self) -> Decimal:
        """Taken and not certainly returned; what was used since is known to the institution only."""
        return self.received - self.returned


def holdings_sql(seen: str) -> str:
    """The statement with a condition on deliveries `d`; parameters `product` and `lots`."""
    return HOLDINGS.format(seen=seen)


def lot_holdings(scope: Scope, product: Product, lots: Sequence[str]) -> list[LotHolding]:
    """Holders of these lots that one may see, the largest first within each place."""
    seen, parameters = _seen(scope)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT h.lot_no, i.name, i.code, coalesce(k.name, ''), coalesce(c.name, ''),
                   coalesce(x.name, ''), h.received, h.returned, h.unclear, h.unreceived
            FROM ({holdings_sql(seen)}) h
            JOIN organisations_organisation i ON i.id = h.institution_id
            LEFT JOIN organisations_organisation x ON x.id = h.distributor_id
            LEFT JOIN organisations_region k ON k.id = h.county_id
            LEFT JOIN organisations_region c ON c.id = h.city_id
            ORDER BY c.code, k.code, h.received - h.returned DESC, i.code, h.lot_no
            """,
            {"product": product.pk, "lots": list(lots), **parameters},
        )
        return [LotHolding(*row) for row in cursor.fetchall()]


def _seen(scope: Scope) -> tuple[str, dict[str, Any]]:
    """The rule of sight on deliveries, as `party_rows` has it."""
    alternatives = party_alternatives(scope)
    if not alternatives:
        return "FALSE", {}
    either = " OR ".join(f"d.{column} = ANY (%(seen_{column})s)" for column, _ in alternatives)
    return f"({either})", {f"seen_{column}": sorted(ids) for column, ids in alternatives}
