WITH taken AS (
    SELECT m.line_id, sum(m.packs) AS packs
    FROM ({movement}) m
    WHERE m.at >= %(supply_from)s AND m.at < %(cut)s
    GROUP BY m.line_id
)
SELECT l.unit_id, l.distributor_id, l.manufacturer_id, l.product_id, l.batch_id, l.year_no,
       l.is_current AND l.delivery_due_at >= l.month_from
           AND l.delivery_due_at < l.until_at AS in_month,
       l.is_current AND l.delivery_due_at < l.until_at AS in_ytd,
       l.is_first AND l.delivery_due_at >= %(month_start)s AS first_month,
       l.is_first AND l.delivery_due_at >= %(year_start)s AS first_ytd,
       CASE WHEN l.excluded IS NULL AND l.response <> 'rejected' THEN
           LEAST(COALESCE(t.packs, 0), l.packs) * l.unit_price
       ELSE 0 END AS numerator,
       CASE WHEN l.excluded IS NULL THEN l.packs * l.unit_price ELSE 0 END AS denominator,
       TRUE AS assessed, l.excluded,
       'order_line' AS source, l.line_id AS source_id, l.line_id, l.ordered_at,
       l.delivery_due_at AS at, l.packs * l.base_units_per_pack AS quantity,
       l.packs * l.unit_price AS amount
FROM (
    SELECT s.*,
           CASE WHEN s.is_excused THEN 'excused_rejection'
                WHEN s.withdrawn_at < s.delivery_due_at THEN 'withdrawn' END AS excluded
    FROM ({supply_line}) s
    WHERE s.ordered_at >= %(supply_from)s AND s.delivery_due_at < %(cut)s
) l
LEFT JOIN taken t ON t.line_id = l.line_id
