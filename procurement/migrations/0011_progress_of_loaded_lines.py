"""Lines that are under way get their progress; ended ones get it when somebody acts on them."""

from django.db import migrations

# As queries/line_facts.sql was at this migration; a later change of it must not reach back here.
BACKFILL = """
    INSERT INTO procurement_lineprogress
        (line_id, ordered_at, order_id, line_no, product_id, batch_id, packs, shipped_packs,
        delivered_packs, accepted_packs, refused_packs, returned_packs, institution_id,
        manufacturer_id, distributor_id, county_id, city_id, province_id, pool_id, state, due_at,
        reject_reason, reject_note, end_reason, state_at, state_by_name,
         row_version)
    SELECT f.line_id, f.ordered_at, f.order_id, f.line_no, f.product_id, f.batch_id, f.packs,
    f.shipped_packs, f.delivered_packs, f.accepted_packs, f.refused_packs, f.returned_packs,
    f.institution_id, f.manufacturer_id, f.distributor_id, f.county_id, f.city_id, f.province_id,
    f.pool_id, f.state,
           CASE WHEN f.state = 'sent' THEN f.response_due_at ELSE f.delivery_due_at END,
           '', '', '', COALESCE(f.cancelled_at, f.closed_at, f.responded_at, f.ordered_at),
           '数据集', 1
    FROM (
WITH chosen AS MATERIALIZED (
    SELECT l.id AS line_id, l.ordered_at FROM procurement_orderline l
), shipped AS (
    SELECT d.line_id, sum(d.packs) AS shipped,
           COALESCE(sum(d.packs) FILTER (WHERE d.delivered_at IS NOT NULL), 0) AS delivered
    FROM procurement_delivery d
    WHERE d.line_id IN (SELECT line_id FROM chosen)
    GROUP BY d.line_id
), taken AS (
    SELECT r.line_id, sum(r.accepted_packs) AS accepted, sum(r.refused_packs) AS refused
    FROM procurement_receipt r
    WHERE r.line_id IN (SELECT line_id FROM chosen)
    GROUP BY r.line_id
), back AS (
    SELECT t.line_id, sum(t.packs) AS returned
    FROM procurement_return t
    WHERE t.line_id IN (SELECT line_id FROM chosen)
    GROUP BY t.line_id
), paid AS (
    SELECT p.line_id, sum(p.amount) AS paid
    FROM procurement_payment p
    WHERE p.line_id IN (SELECT line_id FROM chosen)
    GROUP BY p.line_id
), facts AS (
    SELECT l.id AS line_id, l.ordered_at, l.order_id, l.line_no, l.product_id, l.group_id,
           l.batch_id, l.packs, l.unit_price, l.response, l.responded_at, l.response_due_at,
           l.delivery_due_at, l.cancelled_at, l.closed_at,
           l.institution_id, l.manufacturer_id, l.distributor_id, l.county_id, l.city_id,
           l.province_id, l.pool_id,
           COALESCE(s.shipped, 0) AS shipped_packs, COALESCE(s.delivered, 0) AS delivered_packs,
           COALESCE(t.accepted, 0) AS accepted_packs, COALESCE(t.refused, 0) AS refused_packs,
           COALESCE(b.returned, 0) AS returned_packs, COALESCE(p.paid, 0) AS paid
    FROM chosen c
    JOIN procurement_orderline l ON l.id = c.line_id AND l.ordered_at = c.ordered_at
    LEFT JOIN shipped s ON s.line_id = l.id
    LEFT JOIN taken t ON t.line_id = l.id
    LEFT JOIN back b ON b.line_id = l.id
    LEFT JOIN paid p ON p.line_id = l.id
), expecting AS (
    SELECT f.*, CASE WHEN f.closed_at IS NOT NULL THEN f.shipped_packs
                     ELSE GREATEST(f.packs, f.shipped_packs) END AS expected
    FROM facts f
)
SELECT e.*,
       CASE WHEN e.cancelled_at IS NOT NULL THEN 'cancelled'
            WHEN e.response = 'rejected' THEN 'rejected'
            WHEN e.shipped_packs = 0 AND e.closed_at IS NOT NULL THEN 'voided'
            WHEN e.shipped_packs = 0 AND e.response <> '' THEN 'confirmed'
            WHEN e.shipped_packs = 0 THEN 'sent'
            WHEN e.delivered_packs = 0 AND e.shipped_packs < e.expected THEN 'part_shipped'
            WHEN e.delivered_packs = 0 THEN 'shipped'
            WHEN e.delivered_packs < e.expected THEN 'part_delivered'
            WHEN e.accepted_packs + e.refused_packs < e.delivered_packs THEN 'delivered'
            WHEN e.paid >= (e.accepted_packs - e.returned_packs) * e.unit_price THEN 'completed'
            ELSE 'received' END AS state
FROM expecting e
) f
    WHERE f.state IN ('sent', 'confirmed', 'part_shipped', 'shipped', 'part_delivered', 'delivered')
    ON CONFLICT (line_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("procurement", "0010_line_progress"),
    ]

    operations = [
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
