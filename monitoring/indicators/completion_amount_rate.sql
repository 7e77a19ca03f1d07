SELECT c.unit_id, c.batch_id, c.year_no, c.product_id,
       FALSE AS in_month, TRUE AS in_ytd,
       round(c.numerator * d.worth, 30) / (d.agreed * d.base_units_per_pack) AS numerator,
       round(d.worth, 30) / d.base_units_per_pack AS denominator,
       TRUE AS assessed, NULL::text AS excluded,
       'completion' AS source, c.product_id AS source_id, NULL::bigint AS line_id,
       NULL::timestamptz AS ordered_at, NULL::timestamptz AS at,
       c.numerator AS quantity,
       round(c.numerator * d.worth, 30) / (d.agreed * d.base_units_per_pack) AS amount
FROM ind_completion c
JOIN ind_agreed d
  ON d.unit_id = c.unit_id AND d.batch_id = c.batch_id AND d.year_no = c.year_no
 AND d.product_id = c.product_id
