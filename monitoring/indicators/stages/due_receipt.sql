-- Receipts of selected lines whose payment falls due in the month; N months after by the batch.
-- All fall due with the month's last day, so before that is past there are none.
SELECT r.id, r.line_id, r.ordered_at, u.unit_id
FROM procurement_receipt r
JOIN ind_unit u ON u.institution_id = r.institution_id
JOIN ind_standing s
  ON s.zone_id = u.zone_id AND s.product_id = r.product_id
 AND r.received_at >= s.from_at AND r.received_at < s.to_at
 AND s.role = 'selected'
 AND (r.batch_id IS NULL OR r.batch_id = s.batch_id)
JOIN ind_batch_year y ON y.batch_id = s.batch_id AND y.year_no = s.year_no
LEFT JOIN ind_lower_batch w
       ON w.zone_id = s.zone_id AND w.product_id = s.product_id AND w.batch_id = s.batch_id
WHERE r.received_at >= %(payable_from)s AND r.received_at < %(payable_to)s AND {rows:r}
  AND (r.batch_id IS NOT NULL OR (w.with_selected @> r.received_at) IS NOT TRUE)
  AND date_trunc('month', r.received_at AT TIME ZONE 'Asia/Shanghai')
      + y.payment_due * INTERVAL '1 month' = %(month_first)s::timestamp
  AND %(past_day)s >= (%(month_first)s::timestamp + INTERVAL '1 month' - INTERVAL '1 day')::date
