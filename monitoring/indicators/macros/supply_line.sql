-- Selected and standby lines by the day of sent_at, once per batch; is_first marks the one batch
-- that counts in rows without a batch. Answers at or after the cut are not known yet.
SELECT l.id AS line_id, l.ordered_at, u.unit_id, l.distributor_id, s.manufacturer_id,
       l.product_id, s.batch_id, s.year_no, s.role, l.packs, l.unit_price,
       s.base_units_per_pack,
       y.is_current, y.month_from, y.starts_at, y.until_at,
       l.batch_id IS NOT NULL OR (w.with_role @> l.ordered_at) IS NOT TRUE AS is_first,
       l.ordered_at + y.response_time AS response_due_at,
       l.ordered_at + CASE WHEN o.id IS NULL THEN y.delivery_time
                           ELSE y.urgent_delivery_time END AS delivery_due_at,
       CASE WHEN l.responded_at < %(cut)s THEN l.response ELSE '' END AS response,
       CASE WHEN l.responded_at < %(cut)s THEN l.responded_at END AS responded_at,
       CASE WHEN l.cancelled_at < %(cut)s
             AND (l.responded_at IS NULL OR l.cancelled_at < l.responded_at)
            THEN l.cancelled_at END AS withdrawn_at,
       l.responded_at < %(cut)s AND l.response = 'rejected'
           AND l.reject_reason IN ('delisted', 'duplicate', 'institution_error') AS is_excused
FROM procurement_orderline l
JOIN ind_unit u ON u.institution_id = l.institution_id
JOIN ind_standing s
  ON s.zone_id = u.zone_id AND s.product_id = l.product_id
 AND l.ordered_at >= s.from_at AND l.ordered_at < s.to_at
 AND s.role <> 'none'
 AND (l.batch_id IS NULL OR l.batch_id = s.batch_id)
JOIN ind_batch_year y ON y.batch_id = s.batch_id AND y.year_no = s.year_no
LEFT JOIN ind_lower_batch w
       ON w.zone_id = s.zone_id AND w.product_id = s.product_id AND w.batch_id = s.batch_id
LEFT JOIN ind_urgent o ON o.id = l.order_id
WHERE {rows:l} AND l.ordered_at < %(cut)s
