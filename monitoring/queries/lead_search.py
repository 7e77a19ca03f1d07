"""What the methods of leads find in the orders of a province: one statement for each kind.

Each gives institution, enterprise, group, product, measured, compared, amount, and the newest lines
behind it as JSON rows with their whole number. Read by the job of the search only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from monitoring.indicators.cut import add_months, day_start
from monitoring.rules.lead_methods import LIMITS, MONTHS, MOST, SHOWN_LINES
from monitoring.states.lead import LeadKind

EVIDENCE_COLUMNS = (
    "订单号", "行号", "下单日期", "医疗机构", "产品", "国家医保编码", "生产企业", "配送企业",
    "包装数", "金额（元）", "响应",
)  # fmt: skip

# Selected or standby anywhere in the province in the window, the groups of these, what stands
# beside them, and the lines that were bought of it.
CHOSEN = """
chosen AS (
    SELECT DISTINCT s.product_id
    FROM catalog_selection s
    JOIN organisations_region r ON r.id = s.region_id
    JOIN catalog_agreementyear y ON y.batch_id = s.batch_id
    WHERE s.withdrawn_at IS NULL AND %(province)s IN (r.id, r.parent_id)
      AND y.starts_on <= %(last)s AND y.ends_on >= %(first)s
      AND COALESCE(s.valid_from, y.starts_on) <= %(last)s
      AND COALESCE(s.valid_to, y.ends_on) >= %(first)s
)
"""
OUTSIDE = (
    CHOSEN
    + """,
covered AS (
    SELECT DISTINCT p.group_id FROM chosen JOIN catalog_product p ON p.id = chosen.product_id
    WHERE p.group_id IS NOT NULL
),
outside AS (
    SELECT p.id AS product_id, p.group_id
    FROM catalog_product p JOIN covered USING (group_id)
    WHERE NOT EXISTS (SELECT FROM chosen WHERE chosen.product_id = p.id)
    UNION
    SELECT x.product_id, x.group_id
    FROM catalog_substitute x JOIN covered USING (group_id)
    WHERE daterange(x.valid_from, x.valid_to, '[]') @> %(last)s::date
      AND NOT EXISTS (SELECT FROM chosen WHERE chosen.product_id = x.product_id)
),
bought AS (
    SELECT l.institution_id, l.city_id, l.manufacturer_id, o.group_id, l.ordered_at,
           l.packs * p.base_units_per_pack AS quantity, l.packs * l.unit_price AS amount
    FROM procurement_orderline l
    JOIN outside o ON o.product_id = l.product_id
    JOIN catalog_product p ON p.id = l.product_id
    WHERE l.ordered_at >= %(since)s AND l.ordered_at < %(until)s
      AND l.province_id = %(province)s AND l.cancelled_at IS NULL AND l.response <> 'rejected'
)
"""
)
SURGE = (
    OUTSIDE
    + """,
monthly AS (
    SELECT institution_id, group_id,
           COALESCE(sum(quantity) FILTER (WHERE ordered_at >= %(month_start)s), 0) AS now,
           COALESCE(sum(quantity) FILTER (WHERE ordered_at < %(month_start)s), 0)
               / %(earlier)s AS usual,
           COALESCE(sum(amount) FILTER (WHERE ordered_at >= %(month_start)s), 0) AS amount
    FROM bought GROUP BY institution_id, group_id
),
beside AS (
    SELECT m.*, sum(now) OVER g - now AS others_now, sum(usual) OVER g - usual AS others_usual
    FROM monthly m WINDOW g AS (PARTITION BY group_id)
),
found AS (
    SELECT institution_id, NULL::bigint AS enterprise_id, group_id, NULL::bigint AS product_id,
           now / usual AS measured,
           CASE WHEN others_usual > 0 THEN others_now / others_usual END AS compared, amount
    FROM beside
    WHERE usual > 0 AND now >= %(surge_multiple)s * usual AND amount >= %(surge_amount)s
      AND now * others_usual >= %(surge_peers)s * others_now * usual
    ORDER BY amount DESC, institution_id, group_id LIMIT %(most)s
)
"""
)
CONCENTRATION = (
    OUTSIDE
    + """,
made AS (
    SELECT institution_id, city_id, group_id, manufacturer_id, sum(amount) AS amount
    FROM bought GROUP BY institution_id, city_id, group_id, manufacturer_id
),
near AS (
    SELECT city_id, group_id, count(DISTINCT institution_id) AS institutions
    FROM made GROUP BY city_id, group_id
),
shared AS (
    SELECT m.*, n.institutions,
           sum(amount) OVER (PARTITION BY institution_id, m.group_id) AS own,
           sum(amount) OVER (PARTITION BY m.city_id, m.group_id, manufacturer_id) AS city_made,
           sum(amount) OVER (PARTITION BY m.city_id, m.group_id) AS city_all
    FROM made m
    JOIN near n ON n.group_id = m.group_id AND n.city_id IS NOT DISTINCT FROM m.city_id
),
found AS (
    SELECT institution_id, manufacturer_id AS enterprise_id, group_id, NULL::bigint AS product_id,
           amount / own AS measured, (city_made - amount) / (city_all - own) AS compared, amount
    FROM shared
    WHERE own > 0 AND city_all > own AND institutions > %(share_neighbours)s
      AND amount >= %(share_amount)s AND amount >= %(share_min)s * own
      AND amount / NULLIF(own, 0) - (city_made - amount) / NULLIF(city_all - own, 0)
          >= %(share_gap)s
    ORDER BY amount DESC, institution_id, group_id LIMIT %(most)s
)
"""
)
KIT = (
    CHOSEN
    + """,
part AS (
    SELECT l.order_id, l.institution_id, p.group_id, l.manufacturer_id,
           c.product_id IS NOT NULL AS is_chosen, sum(l.packs * l.unit_price) AS amount
    FROM procurement_orderline l
    JOIN catalog_product p ON p.id = l.product_id AND p.category = 'consumable'
    LEFT JOIN chosen c ON c.product_id = l.product_id
    WHERE l.ordered_at >= %(since)s AND l.ordered_at < %(until)s
      AND l.province_id = %(province)s AND l.cancelled_at IS NULL AND l.response <> 'rejected'
    GROUP BY l.order_id, l.institution_id, p.group_id, l.manufacturer_id, c.product_id IS NOT NULL
),
main AS (
    SELECT order_id, institution_id, group_id, sum(amount) AS amount
    FROM part WHERE is_chosen AND group_id IS NOT NULL GROUP BY order_id, institution_id, group_id
),
side AS (
    SELECT order_id, institution_id, group_id, manufacturer_id, amount FROM part WHERE NOT is_chosen
),
side_orders AS (
    SELECT institution_id, manufacturer_id, count(DISTINCT order_id) AS orders
    FROM side GROUP BY institution_id, manufacturer_id
),
paired AS (
    SELECT m.institution_id, m.group_id, s.manufacturer_id, m.order_id, m.amount AS chosen_amount,
           sum(s.amount) AS side_amount
    FROM main m
    JOIN side s ON s.order_id = m.order_id AND s.institution_id = m.institution_id
     AND s.group_id IS DISTINCT FROM m.group_id
    GROUP BY m.institution_id, m.group_id, s.manufacturer_id, m.order_id, m.amount
),
found AS (
    SELECT p.institution_id, p.manufacturer_id AS enterprise_id, p.group_id,
           NULL::bigint AS product_id, sum(side_amount) / sum(chosen_amount) AS measured,
           count(*)::numeric / max(o.orders) AS compared, sum(side_amount) AS amount
    FROM paired p
    JOIN side_orders o USING (institution_id, manufacturer_id)
    GROUP BY p.institution_id, p.manufacturer_id, p.group_id
    HAVING count(*) >= %(kit_orders)s AND sum(chosen_amount) > 0
       AND sum(side_amount) >= %(kit_multiple)s * sum(chosen_amount)
       AND count(*) >= %(kit_share)s * max(o.orders)
    ORDER BY amount DESC, p.institution_id, p.manufacturer_id, p.group_id LIMIT %(most)s
)
"""
)
# Who filled its agreed quantity before a line was sent, by what was ordered and not refused.
REACHED = """
agreed AS (
    SELECT a.institution_id, a.product_id, min(y.starts_on) AS starts_on, sum(a.agreed_qty) AS agreed
    FROM contracts_agreementline a
    JOIN catalog_agreementyear y ON y.batch_id = a.batch_id AND y.year_no = a.year_no
    WHERE a.province_id = %(province)s AND a.ended_at IS NULL
      AND a.institution_signed_at IS NOT NULL AND a.manufacturer_signed_at IS NOT NULL
      AND a.distributor_signed_at IS NOT NULL
      AND y.starts_on <= %(last)s AND y.ends_on >= %(last)s
    GROUP BY a.institution_id, a.product_id
),
ordered AS (
    SELECT l.id, l.ordered_at, l.institution_id, l.distributor_id, l.product_id,
           l.packs * l.unit_price AS amount,
           l.response = 'rejected'
               AND l.reject_reason NOT IN ('institution_error', 'duplicate') AS refused,
           COALESCE(sum(l.packs * p.base_units_per_pack) FILTER (WHERE l.response <> 'rejected')
               OVER (PARTITION BY l.institution_id, l.product_id ORDER BY l.ordered_at, l.id
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) >= a.agreed AS reached
    FROM procurement_orderline l
    JOIN agreed a ON a.institution_id = l.institution_id AND a.product_id = l.product_id
    JOIN catalog_product p ON p.id = l.product_id
    WHERE l.ordered_at >= (SELECT min(starts_on)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM agreed)
      AND l.ordered_at >= a.starts_on::timestamp AT TIME ZONE 'Asia/Shanghai'
      AND l.ordered_at < %(until)s AND l.province_id = %(province)s AND l.cancelled_at IS NULL
)
"""
REFUSAL = (
    REACHED
    + """,
counted AS (
    SELECT distributor_id, product_id,
           count(*) FILTER (WHERE reached) AS after_lines,
           count(*) FILTER (WHERE reached AND refused) AS after_refused,
           count(*) FILTER (WHERE NOT reached) AS before_lines,
           count(*) FILTER (WHERE NOT reached AND refused) AS before_refused,
           sum(amount) FILTER (WHERE reached AND refused) AS amount
    FROM ordered GROUP BY distributor_id, product_id
),
found AS (
    SELECT NULL::bigint AS institution_id, c.distributor_id AS enterprise_id, p.group_id,
           c.product_id, after_refused::numeric / after_lines AS measured,
           before_refused::numeric / NULLIF(before_lines, 0) AS compared, amount
    FROM counted c JOIN catalog_product p ON p.id = c.product_id
    WHERE c.distributor_id IS NOT NULL AND after_refused >= %(refused_lines)s
      AND after_refused >= %(refused_rate)s * after_lines
      AND after_refused * before_lines >= %(refused_multiple)s * before_refused * after_lines
    ORDER BY amount DESC, c.distributor_id, c.product_id LIMIT %(most)s
)
"""
)
DUE = (
    CHOSEN
    + """,
due AS (
    SELECT l.id, l.ordered_at, l.distributor_id, l.product_id, l.institution_id,
           l.packs * l.unit_price AS amount, d.line_id IS NOT NULL AS shipped
    FROM procurement_orderline l
    JOIN chosen c ON c.product_id = l.product_id
    LEFT JOIN (
        SELECT DISTINCT line_id, ordered_at FROM procurement_delivery
        WHERE ordered_at >= %(since)s AND ordered_at < %(until)s AND recorded_at >= %(since)s
          AND recorded_at < %(until)s
    ) d ON d.line_id = l.id AND d.ordered_at = l.ordered_at
    WHERE l.ordered_at >= %(since)s AND l.ordered_at < %(until)s
      AND l.delivery_due_at < %(until)s AND l.province_id = %(province)s
      AND l.cancelled_at IS NULL AND l.distributor_id IS NOT NULL
      AND NOT (l.response = 'rejected' AND l.reject_reason IN ('institution_error', 'duplicate'))
)
"""
)
SELECTIVE = (
    DUE
    + """,
counted AS (
    SELECT distributor_id, product_id, institution_id, count(*) AS lines,
           count(*) FILTER (WHERE shipped) AS shipped,
           sum(amount) FILTER (WHERE NOT shipped) AS amount
    FROM due GROUP BY distributor_id, product_id, institution_id
),
beside AS (
    SELECT c.*, sum(lines) OVER w - lines AS other_lines, sum(shipped) OVER w - shipped AS other_shipped
    FROM counted c WINDOW w AS (PARTITION BY distributor_id, product_id)
),
found AS (
    SELECT b.institution_id, b.distributor_id AS enterprise_id, p.group_id, b.product_id,
           b.shipped::numeric / b.lines AS measured, other_shipped / other_lines AS compared, amount
    FROM beside b JOIN catalog_product p ON p.id = b.product_id
    WHERE lines >= %(selective_lines)s AND shipped <= %(selective_rate)s * lines
      AND other_lines >= %(selective_other_lines)s
      AND other_shipped >= %(selective_others)s * other_lines
    ORDER BY amount DESC, b.institution_id, b.distributor_id, b.product_id LIMIT %(most)s
)
"""
)
WITH_LINES = """
SELECT f.institution_id, f.enterprise_id, f.group_id, f.product_id, round(f.measured, 6),
       round(f.compared, 6), round(f.amount, 2), e.total, e.rows
FROM found f
CROSS JOIN LATERAL (
    SELECT count(*) AS total,
           json_agg(cells ORDER BY n) FILTER (WHERE n <= %(shown)s)::text AS rows
    FROM (
        SELECT row_number() OVER (ORDER BY l.ordered_at DESC, l.id DESC) AS n,
               json_build_array(
                   o.order_no, l.line_no::text,
                   to_char(l.ordered_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'),
                   i.name, p.name, p.code, m.name, COALESCE(d.name, ''),
                   trim_scale(l.packs)::text, round(l.packs * l.unit_price, 2)::text,
                   CASE l.response WHEN 'confirmed' THEN '已确认' WHEN 'rejected' THEN '已拒绝'
                        ELSE '未响应' END) AS cells
        FROM procurement_orderline l
        JOIN procurement_order o ON o.id = l.order_id
        JOIN catalog_product p ON p.id = l.product_id
        JOIN organisations_organisation i ON i.id = l.institution_id
        JOIN organisations_organisation m ON m.id = p.manufacturer_id
        LEFT JOIN organisations_organisation d ON d.id = l.distributor_id
        WHERE {which}
    ) line
) e
ORDER BY f.amount DESC NULLS LAST, f.institution_id, f.enterprise_id, f.group_id, f.product_id
"""
_BOUGHT = """l.ordered_at >= %(since)s AND l.ordered_at < %(until)s
    AND l.institution_id = f.institution_id AND l.province_id = %(province)s
    AND l.cancelled_at IS NULL AND l.response <> 'rejected'"""
_OUTSIDE = """
    AND l.product_id IN (SELECT product_id FROM outside WHERE outside.group_id = f.group_id)"""
_KIT = """
    AND (p.group_id = f.group_id AND l.product_id IN (SELECT product_id FROM chosen)
         OR l.manufacturer_id = f.enterprise_id AND p.category = 'consumable'
            AND p.group_id IS DISTINCT FROM f.group_id
            AND l.product_id NOT IN (SELECT product_id FROM chosen))
    AND l.order_id IN (SELECT order_id FROM paired
                       WHERE paired.institution_id = f.institution_id
                         AND paired.group_id = f.group_id
                         AND paired.manufacturer_id = f.enterprise_id)"""
_REFUSED = """(l.id, l.ordered_at) IN (
        SELECT id, ordered_at FROM ordered
        WHERE reached AND refused AND ordered.distributor_id = f.enterprise_id
          AND ordered.product_id = f.product_id)"""
_NOT_SHIPPED = """(l.id, l.ordered_at) IN (
        SELECT id, ordered_at FROM due
        WHERE NOT shipped AND due.distributor_id = f.enterprise_id
          AND due.product_id = f.product_id AND due.institution_id = f.institution_id)"""
SEARCHES: dict[str, tuple[str, str]] = {
    LeadKind.SURGE: (SURGE, _BOUGHT + _OUTSIDE),
    LeadKind.CONCENTRATION: (
        CONCENTRATION, _BOUGHT + _OUTSIDE + " AND l.manufacturer_id = f.enterprise_id",
    ),
    LeadKind.KIT: (KIT, _BOUGHT + _KIT),
    LeadKind.REFUSAL: (REFUSAL, _REFUSED),
    LeadKind.SELECTIVE: (SELECTIVE, _NOT_SHIPPED),
}  # fmt: skip


@dataclass(frozen=True)
class Find:
    """One row that a method found; ids as in the database."""

    kind: str
    institution_id: int | None
    enterprise_id: int | None
    group_id: int | None
    product_id: int | None
    measured: Decimal
    compared: Decimal | None
    amount: Decimal
    evidence: dict[str, Any]


def window_of(month: date) -> tuple[date, date]:
    """First and last day of the months looked at, of which `month` is the last."""
    return add_months(month, 1 - MONTHS), add_months(month, 1) - timedelta(days=1)


def search(kind: str, *, month: date, province_id: int) -> Iterator[Find]:
    """What one method finds in this province up to the end of `month`, the largest first."""
    first, last = window_of(month)
    marks: dict[str, Any] = {
        **LIMITS, "province": province_id, "first": first, "last": last, "most": MOST,
        "since": day_start(first), "until": day_start(add_months(month, 1)),
        "month_start": day_start(month), "earlier": MONTHS - 1, "shown": SHOWN_LINES,
    }  # fmt: skip
    found, which = SEARCHES[kind]
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {found}{WITH_LINES.replace('{which}', which)}", marks)
        rows = cursor.fetchall()
    for who, whose, group, product, measured, compared, amount, total, lines in rows:
        yield Find(
            kind, who, whose, group, product, measured, compared, amount or Decimal(0),
            {"columns": list(EVIDENCE_COLUMNS), "rows": json.loads(lines or "[]"), "total": total},
        )  # fmt: skip
