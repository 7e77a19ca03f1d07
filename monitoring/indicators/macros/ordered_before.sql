-- What was ordered in the twelve months before, history included, by month.
SELECT u.unit_id, l.product_id, l.packs * p.base_units_per_pack AS quantity,
       width_bucket(l.ordered_at, %(month_edges)s::timestamptz[]) AS month_no
FROM procurement_orderline l
JOIN ind_unit u ON u.institution_id = l.institution_id
JOIN {product} p ON p.id = l.product_id
WHERE l.ordered_at >= %(usual_from)s AND l.ordered_at < %(month_start)s AND {rows:l}
UNION ALL
SELECT u.unit_id, h.product_id, h.packs * p.base_units_per_pack,
       width_bucket(h.month::timestamp AT TIME ZONE 'Asia/Shanghai',
                    %(month_edges)s::timestamptz[])
FROM procurement_purchasehistory h
JOIN ind_unit u ON u.institution_id = h.institution_id
JOIN {product} p ON p.id = h.product_id
WHERE h.month >= %(usual_first)s AND h.month < %(month_first)s AND {rows:h}
