SELECT x.unit_id, x.batch_id, x.year_no, x.group_id,
       FALSE AS in_month, TRUE AS in_ytd,
       CASE WHEN x.role IN ('none', 'substitute') THEN x.quantity ELSE 0 END AS numerator,
       x.quantity AS denominator,
       TRUE AS assessed, NULL::text AS excluded,
       x.source, x.source_id, x.line_id, x.ordered_at, x.at, x.quantity, x.amount
FROM (
    SELECT unit_id, batch_id, year_no, group_id, role, quantity, amount,
           source, source_id, line_id, ordered_at, at
    FROM ind_accepted
    WHERE covered
    UNION ALL
    SELECT unit_id, batch_id, year_no, group_id, 'substitute', quantity, amount,
           source, source_id, line_id, ordered_at, at
    FROM ind_substituted
    WHERE is_current AND NOT is_history
) x
WHERE NOT EXISTS (
    SELECT FROM ind_report r
    WHERE r.unit_id = x.unit_id AND r.batch_id = x.batch_id AND r.year_no = x.year_no
      AND r.group_id = x.group_id AND r.status = 'approved'
)
