SELECT s.unit_id, s.batch_id, s.year_no, s.group_id,
       FALSE AS in_month, TRUE AS in_ytd,
       CASE WHEN s.is_current THEN s.quantity ELSE 0 END AS numerator,
       CASE WHEN s.is_current THEN 0 ELSE s.quantity END AS denominator,
       TRUE AS assessed, NULL::text AS excluded,
       s.source, s.source_id, s.line_id, s.ordered_at, s.at, s.quantity, s.amount
FROM ind_substituted s
