SELECT u.unit_id, l.product_id,
       TRUE AS in_month, FALSE AS in_ytd,
       COALESCE(t.months >= 3 AND l.packs * p.base_units_per_pack * 12
                                  > v.abnormal_multiple * t.total, FALSE)::int AS numerator,
       1 AS denominator,
       TRUE AS assessed, NULL::text AS excluded,
       'order_line' AS source, l.id AS source_id, l.id AS line_id, l.ordered_at,
       l.ordered_at AS at, l.packs * p.base_units_per_pack AS quantity,
       l.packs * l.unit_price AS amount
FROM procurement_orderline l
JOIN ind_unit u ON u.institution_id = l.institution_id
JOIN ind_province_value v ON v.province_id = u.province_id
JOIN {product} p ON p.id = l.product_id
LEFT JOIN ind_usual t ON t.unit_id = u.unit_id AND t.product_id = l.product_id
WHERE l.ordered_at >= %(month_start)s AND l.ordered_at < %(cut)s AND {rows:l}
