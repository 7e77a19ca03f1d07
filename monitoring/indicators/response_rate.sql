SELECT l.unit_id, l.distributor_id, l.manufacturer_id, l.product_id, l.batch_id, l.year_no,
       l.is_current AND l.response_due_at >= l.month_from
           AND l.response_due_at < l.until_at AS in_month,
       FALSE AS in_ytd, l.is_first AS first_month, FALSE AS first_ytd,
       CASE WHEN l.excluded IS NULL THEN
           (l.response = 'confirmed' AND l.responded_at <= l.response_due_at)::int
       ELSE 0 END AS numerator,
       (l.excluded IS NULL)::int AS denominator,
       TRUE AS assessed, l.excluded,
       'order_line' AS source, l.line_id AS source_id, l.line_id, l.ordered_at,
       l.response_due_at AS at, l.packs * l.base_units_per_pack AS quantity,
       l.packs * l.unit_price AS amount
FROM (
    SELECT s.*,
           CASE WHEN s.is_excused THEN 'excused_rejection'
                WHEN s.withdrawn_at < s.response_due_at THEN 'withdrawn' END AS excluded
    FROM ({supply_line}) s
    WHERE s.ordered_at >= %(response_from)s
      AND s.response_due_at >= %(month_start)s AND s.response_due_at < %(cut)s
) l
