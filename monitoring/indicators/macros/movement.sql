SELECT 'receipt' AS source, r.id AS source_id, r.line_id, r.ordered_at, r.institution_id,
       r.product_id, r.batch_id, r.unit_price, r.accepted_packs AS packs, r.received_at AS at
FROM procurement_receipt r
WHERE {rows:r}
UNION ALL
SELECT 'return', t.id, t.line_id, t.ordered_at, t.institution_id,
       t.product_id, t.batch_id, t.unit_price, -t.packs, t.returned_at
FROM procurement_return t
WHERE {rows:t}
