SELECT t.unit_id, c.category,
       t.in_month, TRUE AS in_ytd,
       CASE WHEN t.has_role AND NOT t.negotiated THEN t.amount ELSE 0 END AS numerator,
       CASE WHEN NOT t.negotiated THEN t.amount ELSE 0 END AS denominator,
       TRUE AS assessed, CASE WHEN t.negotiated THEN 'negotiated' END AS excluded,
       t.source, t.source_id, t.line_id, t.ordered_at, t.at, t.quantity, t.amount
FROM ind_traded t
JOIN (VALUES ('drug'), ('consumable'), ('all')) AS c(category)
  ON c.category IN (t.category, 'all')
