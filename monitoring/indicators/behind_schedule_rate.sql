SELECT c.unit_id, c.batch_id, c.year_no, c.product_id,
       FALSE AS in_month, TRUE AS in_ytd,
       CASE WHEN c.assessed THEN (c.numerator * y.total_days < c.agreed * y.elapsed_days)::int
            ELSE 0 END AS numerator,
       c.assessed::int AS denominator,
       TRUE AS assessed,
       CASE WHEN NOT c.assessed THEN 'agreed_volume' END AS excluded,
       'completion' AS source, c.product_id AS source_id, NULL::bigint AS line_id,
       NULL::timestamptz AS ordered_at, NULL::timestamptz AS at,
       c.numerator AS quantity, NULL::numeric AS amount
FROM ind_completion c
JOIN ind_batch_year y ON y.batch_id = c.batch_id AND y.year_no = c.year_no
WHERE c.agreed > 0
