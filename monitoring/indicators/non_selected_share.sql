SELECT a.unit_id, a.batch_id, a.year_no, a.group_id,
       a.in_month, TRUE AS in_ytd,
       CASE WHEN a.left_out IS NULL AND a.role = 'none' THEN a.quantity ELSE 0 END AS numerator,
       CASE WHEN a.left_out IS NULL THEN a.quantity ELSE 0 END AS denominator,
       d.unit_id IS NOT NULL AS assessed, a.left_out AS excluded,
       a.source, a.source_id, a.line_id, a.ordered_at, a.at, a.quantity, a.amount
FROM ind_accepted a
LEFT JOIN (SELECT DISTINCT unit_id, batch_id, year_no, group_id FROM ind_agreed) d
       ON d.unit_id = a.unit_id AND d.batch_id = a.batch_id AND d.year_no = a.year_no
      AND d.group_id = a.group_id
WHERE a.covered
