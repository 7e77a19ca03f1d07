-- What a unit ordered of a product in the twelve months before, history included, and in how many
-- of them: of products that it ordered in the month. Packs are above 0, so a month with a row counts.
SELECT {usual_sums}
FROM ({ordered_before}) x
JOIN (
    SELECT DISTINCT u.unit_id, l.product_id
    FROM procurement_orderline l
    JOIN ind_unit u ON u.institution_id = l.institution_id
    WHERE l.ordered_at >= %(month_start)s AND l.ordered_at < %(cut)s AND {rows:l}
) n ON n.unit_id = x.unit_id AND n.product_id = x.product_id
GROUP BY x.unit_id, x.product_id
