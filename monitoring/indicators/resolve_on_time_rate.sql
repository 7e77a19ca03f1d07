SELECT c.unit_id, c.manufacturer_id, c.distributor_id,
       TRUE AS in_month, FALSE AS in_ytd,
       COALESCE(c.resolved_on <= c.resolve_due_on, FALSE)::int
           AS numerator,
       1 AS denominator,
       TRUE AS assessed, NULL::text AS excluded,
       'complaint' AS source, c.id AS source_id, NULL::bigint AS line_id,
       NULL::timestamptz AS ordered_at,
       (c.resolve_due_on + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' AS at,
       NULL::numeric AS quantity, NULL::numeric AS amount
FROM ({complaint}) c
WHERE c.resolve_due_on BETWEEN %(month_first)s AND %(past_day)s
  -- Withdrawn before its last day: that deadline was not waited for.
  AND (c.withdrawn_on IS NULL OR c.withdrawn_on > c.resolve_due_on)
