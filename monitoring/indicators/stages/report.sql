-- Volume reports of the current years that were handed in before the cut, by unit.
SELECT v.id, u.unit_id, v.institution_id, v.batch_id, v.year_no, v.group_id,
       v.reported_qty, v.prior_year_qty, v.submitted_at, v.status
FROM volumes_volumereportline v
JOIN ind_unit u ON u.institution_id = v.institution_id
JOIN ind_batch_year y ON y.batch_id = v.batch_id AND y.year_no = v.year_no AND y.is_current
WHERE v.status IN ('submitted', 'approved') AND v.submitted_at < %(cut)s AND {rows:v}
