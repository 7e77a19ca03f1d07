-- Receipts and returns of selected lines of a pool that the platform settles, with what is stated of
-- each. %(from_at)s: the pool's first settled month; lines paid outside the platform are left out.
-- Packs that codes vouch for are counted over a delivery in the order of time, its corrections
-- included.
WITH terms AS (
    SELECT * FROM unnest(%(batches)s::bigint[], %(payees)s::text[], %(modes)s::text[],
                         %(codes)s::boolean[]) AS t(batch_id, payee, mode, codes)
), taken AS (
    SELECT 'receipt' AS source, r.id AS fact_id, r.received_at AS fact_at, r.line_id, r.ordered_at,
           r.institution_id, r.manufacturer_id, r.distributor_id, r.product_id, s.batch_id,
           r.unit_price, r.accepted_packs AS packs, r.delivery_id
    FROM procurement_receipt r
    JOIN LATERAL (
        SELECT s.batch_id FROM catalog_selection s JOIN catalog_batch b ON b.id = s.batch_id
        WHERE s.product_id = r.product_id AND s.role = 'selected' AND s.withdrawn_at IS NULL
          AND (r.batch_id IS NULL OR s.batch_id = r.batch_id)
          AND s.region_id IN (r.county_id, r.city_id, r.province_id)
          AND (r.received_at AT TIME ZONE 'Asia/Shanghai')::date
              BETWEEN COALESCE(s.valid_from, b.effective_on) AND COALESCE(s.valid_to, b.ends_on)
        ORDER BY s.batch_id LIMIT 1
    ) s ON TRUE
    WHERE r.pool_id = %(pool)s AND r.received_at >= %(from_at)s AND r.received_at < %(to_at)s
      AND r.accepted_packs <> 0
      AND NOT EXISTS (SELECT FROM procurement_payment z
                      WHERE z.line_id = r.line_id AND z.payment_no NOT LIKE 'JS%%~%%')
), moved AS (
    SELECT * FROM taken
    UNION ALL
    SELECT 'return', t.id, t.returned_at, t.line_id, t.ordered_at, t.institution_id,
           t.manufacturer_id, t.distributor_id, t.product_id, s.batch_id, t.unit_price, -t.packs,
           NULL
    FROM procurement_return t
    JOIN LATERAL (SELECT x.batch_id FROM taken x WHERE x.line_id = t.line_id LIMIT 1) s ON TRUE
    WHERE t.pool_id = %(pool)s AND t.returned_at >= %(from_at)s AND t.returned_at < %(to_at)s
), vouched AS (
    SELECT m.*, e.mode,
           CASE WHEN e.payee = 'manufacturer' THEN m.manufacturer_id
                ELSE COALESCE(m.distributor_id, m.manufacturer_id) END AS payee_id,
           CASE WHEN m.source = 'return' OR NOT e.codes OR p.category <> 'drug' THEN m.packs
                ELSE LEAST(sum(m.packs) OVER w, c.valid) - LEAST(sum(m.packs) OVER w - m.packs,
                                                                 c.valid) END AS settleable
    FROM moved m
    JOIN terms e ON e.batch_id = m.batch_id
    JOIN catalog_product p ON p.id = m.product_id
    LEFT JOIN LATERAL (
        SELECT count(*) AS valid FROM procurement_tracecode k
        WHERE e.codes AND k.delivery_id = m.delivery_id AND k.product_id = m.product_id
          AND NOT k.is_case AND k.state IN ('received', 'returned')
          AND NOT EXISTS (SELECT FROM procurement_codefinding f WHERE f.trace_code_id = k.id)
          AND NOT EXISTS (SELECT FROM procurement_codeevent x
                          WHERE x.trace_code_id = k.id AND x.kind = 'corrected'
                            AND x.delivery_id = k.delivery_id)
    ) c ON TRUE
    WINDOW w AS (PARTITION BY m.delivery_id ORDER BY m.fact_at, m.fact_id
                 ROWS UNBOUNDED PRECEDING)
)
SELECT v.source, v.fact_id, v.fact_at, v.line_id, v.ordered_at, v.institution_id, v.product_id,
       v.batch_id, v.unit_price, v.packs, v.payee_id, v.mode,
       round(v.packs * v.unit_price, 2) AS amount,
       round(v.settleable * v.unit_price, 2) AS settleable_amount, v.settleable,
       COALESCE(d.packs, 0) AS stated_packs, COALESCE(d.amount, 0) AS stated_amount,
       COALESCE(d.lines, 0) AS stated_lines, d.struck_id, d.struck_state, d.held_amount,
       o.order_no, l.line_no, COALESCE(y.invoice_no, '') AS invoice_no
FROM vouched v
JOIN procurement_orderline l ON l.id = v.line_id AND l.ordered_at = v.ordered_at
JOIN procurement_order o ON o.id = l.order_id
LEFT JOIN LATERAL (
    SELECT sum(x.packs) FILTER (WHERE x.state = 'live') AS packs,
           sum(x.amount) FILTER (WHERE x.state = 'live') AS amount,
           sum(x.amount) FILTER (WHERE x.state = 'live' AND s.state = 'held') AS held_amount,
           count(*) FILTER (WHERE x.state = 'live') AS lines,
           max(x.id) FILTER (WHERE x.state <> 'live') AS struck_id,
           (array_agg(x.state ORDER BY x.id DESC) FILTER (WHERE x.state <> 'live'))[1]
           AS struck_state
    FROM settlement_statementline x JOIN settlement_statement s ON s.id = x.statement_id
    WHERE x.source = v.source AND x.fact_id = v.fact_id
) d ON TRUE
LEFT JOIN LATERAL (
    SELECT q.invoice_no FROM procurement_delivery q
    WHERE q.id = v.delivery_id AND q.line_id = v.line_id
      AND q.recorded_at BETWEEN v.ordered_at AND v.fact_at
    LIMIT 1
) y ON TRUE
ORDER BY v.payee_id, v.institution_id, v.fact_at, v.source, v.fact_id
