-- Accepted quantities of substitutes in the year to date and in the twelve months before it.
SELECT u.unit_id, s.batch_id, s.year_no, s.group_id, m.product_id,
       m.at >= s.starts_at AS is_current, m.source = 'history' AS is_history,
       m.packs * s.base_units_per_pack AS quantity,
       m.amount, m.source, m.source_id, m.line_id, m.ordered_at, m.at
FROM (
    SELECT source, source_id, line_id, ordered_at, institution_id, product_id, packs,
           packs * unit_price AS amount, at
    FROM ({movement}) moved
    UNION ALL
    SELECT 'history', h.id, NULL, NULL, h.institution_id, h.product_id, h.packs, h.amount,
           h.month::timestamp AT TIME ZONE 'Asia/Shanghai'
    FROM procurement_purchasehistory h
    WHERE {rows:h} AND h.month >= %(prior_day)s AND h.month <= %(last_day)s
) m
JOIN ind_unit u ON u.institution_id = m.institution_id
JOIN ind_substitute s
  ON s.product_id = m.product_id AND m.at >= s.prior_from AND m.at < s.until_at
WHERE m.at >= %(prior_from)s AND m.at < %(cut)s
