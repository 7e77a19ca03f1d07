-- Each chosen line with the sums of its deliveries, receipts, returns and payments, and the state
-- that they make (rules/line_state.py is the twin). Chosen is a query of (line_id, ordered_at),
-- lines what they are read from; children is false where none of them can have any.
WITH chosen AS MATERIALIZED (
    {chosen}
), shipped AS (
    SELECT d.line_id, sum(d.packs) AS shipped,
           COALESCE(sum(d.packs) FILTER (WHERE d.delivered_at IS NOT NULL), 0) AS delivered
    FROM procurement_delivery d
    WHERE {children} AND d.line_id IN (SELECT line_id FROM chosen)
    GROUP BY d.line_id
), taken AS (
    SELECT r.line_id, sum(r.accepted_packs) AS accepted, sum(r.refused_packs) AS refused
    FROM procurement_receipt r
    WHERE {children} AND r.line_id IN (SELECT line_id FROM chosen)
    GROUP BY r.line_id
), back AS (
    SELECT t.line_id, sum(t.packs) AS returned
    FROM procurement_return t
    WHERE {children} AND t.line_id IN (SELECT line_id FROM chosen)
    GROUP BY t.line_id
), paid AS (
    SELECT p.line_id, sum(p.amount) AS paid
    FROM procurement_payment p
    WHERE {children} AND p.line_id IN (SELECT line_id FROM chosen)
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
    -- By the unique id alone: with a second equality PostgreSQL expects one line of all the chosen
    -- and compares each of them with each sum. Their days leave out the months without any.
    JOIN {lines} l ON l.id = c.line_id
     AND l.ordered_at BETWEEN (SELECT min(ordered_at) FROM chosen)
                          AND (SELECT max(ordered_at) FROM chosen)
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
