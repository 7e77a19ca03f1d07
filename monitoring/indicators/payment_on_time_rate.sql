WITH owed AS (
    SELECT r.id, r.line_id, r.ordered_at, r.received_at, r.accepted_packs,
           round(r.accepted_packs * r.unit_price, 2) AS amount,
           sum(round(r.accepted_packs * r.unit_price, 2)) OVER (
               PARTITION BY r.line_id ORDER BY r.received_at, r.id
               ROWS UNBOUNDED PRECEDING) AS up_to
    FROM procurement_receipt r
    WHERE r.line_id IN (SELECT line_id FROM ind_due_receipt)
      AND r.received_at >= (SELECT min(ordered_at) FROM ind_due_receipt)
      AND r.received_at < %(cut)s AND {rows:r}
)
SELECT d.unit_id,
       TRUE AS in_month, FALSE AS in_ytd,
       LEAST(COALESCE(s.amount, 0), o.up_to)
           - LEAST(COALESCE(s.amount, 0), o.up_to - o.amount) AS numerator,
       o.amount AS denominator,
       TRUE AS assessed, NULL::text AS excluded,
       'receipt' AS source, o.id AS source_id, o.line_id, o.ordered_at, o.received_at AS at,
       o.accepted_packs AS quantity, o.amount
FROM ind_due_receipt d
JOIN owed o ON o.id = d.id
LEFT JOIN ind_settled_until s ON s.line_id = d.line_id
