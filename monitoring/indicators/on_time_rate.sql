WITH due AS (
    SELECT s.*,
           CASE WHEN s.is_excused THEN 'excused_rejection'
                WHEN s.withdrawn_at < s.delivery_due_at THEN 'withdrawn' END AS excluded
    FROM ({supply_line}) s
    WHERE s.ordered_at >= %(delivery_from)s
      AND s.delivery_due_at >= %(month_start)s AND s.delivery_due_at < %(cut)s
),
arrived AS (
    SELECT due.line_id, due.batch_id, sum(d.packs) AS packs
    FROM due
    JOIN procurement_delivery d
      ON d.line_id = due.line_id AND d.delivered_at <= due.delivery_due_at
    WHERE d.recorded_at >= %(delivery_from)s AND d.recorded_at < %(cut)s AND {rows:d}
    GROUP BY due.line_id, due.batch_id
)
SELECT l.unit_id, l.distributor_id, l.manufacturer_id, l.product_id, l.batch_id, l.year_no,
       l.is_current AND l.delivery_due_at >= l.month_from
           AND l.delivery_due_at < l.until_at AS in_month,
       FALSE AS in_ytd, l.is_first AS first_month, FALSE AS first_ytd,
       CASE WHEN l.excluded IS NULL AND l.response <> 'rejected' THEN
           (COALESCE(a.packs, 0) >= l.packs)::int
       ELSE 0 END AS numerator,
       (l.excluded IS NULL)::int AS denominator,
       TRUE AS assessed, l.excluded,
       'order_line' AS source, l.line_id AS source_id, l.line_id, l.ordered_at,
       l.delivery_due_at AS at, l.packs * l.base_units_per_pack AS quantity,
       l.packs * l.unit_price AS amount
FROM due l
LEFT JOIN arrived a ON a.line_id = l.line_id AND a.batch_id = l.batch_id
