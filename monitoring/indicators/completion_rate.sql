SELECT x.unit_id, x.batch_id, x.year_no, x.product_id,
       FALSE AS in_month, TRUE AS in_ytd,
       x.numerator, x.denominator,
       fa.unit_id IS NULL AND fu.unit_id IS NULL AS assessed, NULL::text AS excluded,
       x.source, x.source_id, x.line_id, x.ordered_at, x.at, x.quantity, x.amount
FROM (
    SELECT g.unit_id, g.batch_id, g.year_no, g.product_id,
           0::numeric AS numerator, g.agreed_qty AS denominator,
           'agreement' AS source, g.id AS source_id, NULL::bigint AS line_id,
           NULL::timestamptz AS ordered_at, NULL::timestamptz AS at,
           g.agreed_qty AS quantity, g.agreed_qty * g.price / g.base_units_per_pack AS amount
    FROM ind_agreement g
    WHERE g.signed
    UNION ALL
    SELECT a.unit_id, a.batch_id, a.year_no, a.product_id, a.quantity, 0,
           a.source, a.source_id, a.line_id, a.ordered_at, a.at, a.quantity, a.amount
    FROM ind_accepted a
    WHERE a.role = 'selected'
    UNION ALL
    SELECT a.unit_id, a.batch_id, a.year_no, d.product_id,
           round(a.quantity * d.agreed, 30) / d.group_agreed, 0,
           a.source, a.source_id, a.line_id, a.ordered_at, a.at, a.quantity, a.amount
    FROM ind_accepted a
    JOIN ind_agreed d
      ON d.unit_id = a.unit_id AND d.batch_id = a.batch_id AND d.year_no = a.year_no
     AND d.group_id = a.group_id
    WHERE a.role = 'standby' AND a.left_out IS NULL
) x
LEFT JOIN ind_relief fa
       ON fa.batch_id = x.batch_id AND fa.year_no = x.year_no
      AND fa.product_id = x.product_id AND fa.unit_id = 0
LEFT JOIN ind_relief fu
       ON fu.batch_id = x.batch_id AND fu.year_no = x.year_no
      AND fu.product_id = x.product_id AND fu.unit_id = x.unit_id
