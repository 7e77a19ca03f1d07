SELECT u.unit_id,
       TRUE AS in_month, FALSE AS in_ytd,
       (r.received_on IS NULL OR r.received_on > k.due_on)::int AS numerator,
       1 AS denominator,
       TRUE AS assessed, NULL::text AS excluded,
       'delivery' AS source, d.id AS source_id, d.line_id, d.ordered_at,
       (k.due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS at,
       d.packs AS quantity, d.packs * d.unit_price AS amount
FROM procurement_delivery d
JOIN ind_unit u ON u.institution_id = d.institution_id
JOIN ind_deadline k
  ON k.province_id = u.province_id AND k.kind = 'receipt'
 AND k.day = (d.delivered_at AT TIME ZONE 'Asia/Shanghai')::date
 AND k.due_on BETWEEN %(month_first)s AND %(past_day)s
LEFT JOIN (
    SELECT r.delivery_id, (min(r.received_at) AT TIME ZONE 'Asia/Shanghai')::date AS received_on
    FROM procurement_receipt r
    WHERE r.received_at >= %(delivered_from)s AND r.received_at < %(cut)s AND {rows:r}
    GROUP BY r.delivery_id
) r ON r.delivery_id = d.id
WHERE d.delivered_at >= %(delivered_from)s AND d.delivered_at < %(cut)s
  AND d.recorded_at < %(cut)s AND {rows:d}
