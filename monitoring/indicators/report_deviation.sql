SELECT r.unit_id, r.batch_id, r.year_no, r.group_id,
       FALSE AS in_month, TRUE AS in_ytd,
       r.reported_qty - r.prior_year_qty AS numerator,
       r.prior_year_qty AS denominator,
       TRUE AS assessed, NULL::text AS excluded,
       'report' AS source, r.id AS source_id, NULL::bigint AS line_id,
       NULL::timestamptz AS ordered_at, r.submitted_at AS at,
       r.reported_qty AS quantity, NULL::numeric AS amount
FROM ind_report r
