-- Agreement years that a window of this month can touch, as half-open spans, and the batch's values.
-- is_current: the year has a day in the month, so it has batch rows of its own.
SELECT b.id AS batch_id,
       b.code AS batch_code,
       y.year_no,
       y.starts_on,
       y.ends_on,
       s.starts_at,
       s.ends_at,
       y.ends_on >= %(month_first)s AS is_current,
       GREATEST(s.starts_at, %(month_start)s) AS month_from,
       LEAST(s.ends_at, %(cut)s) AS until_at,
       (y.starts_on - INTERVAL '1 year')::timestamp AT TIME ZONE 'Asia/Shanghai' AS prior_from,
       LEAST(y.ends_on, %(last_day)s) - y.starts_on + 1 AS elapsed_days,
       y.ends_on - y.starts_on + 1 AS total_days,
       v.response_hours * INTERVAL '1 hour' AS response_time,
       v.delivery_hours * INTERVAL '1 hour' AS delivery_time,
       v.urgent_delivery_hours * INTERVAL '1 hour' AS urgent_delivery_time,
       v.payment_due
FROM catalog_batch b
JOIN catalog_agreementyear y ON y.batch_id = b.id
JOIN unnest(
    %(batch_ids)s::bigint[], %(response_hours)s::numeric[], %(delivery_hours)s::numeric[],
    %(urgent_delivery_hours)s::numeric[], %(payment_due)s::numeric[]
) AS v(batch_id, response_hours, delivery_hours, urgent_delivery_hours, payment_due)
  ON v.batch_id = b.id
CROSS JOIN LATERAL (
    SELECT y.starts_on::timestamp AT TIME ZONE 'Asia/Shanghai' AS starts_at,
           (y.ends_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS ends_at
) s
WHERE y.starts_on <= %(last_day)s AND s.ends_at > %(earliest)s AND {batch:b.id}
