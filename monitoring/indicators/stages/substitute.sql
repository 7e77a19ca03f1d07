-- Substitutes, as in force on the cut's last day, of each covered group in each current year, with
-- the two spans that are compared.
SELECT x.product_id, k.batch_id, y.year_no, k.group_id, p.base_units_per_pack,
       y.prior_from, y.starts_at, y.until_at
FROM ind_bucket k
JOIN ind_batch_year y ON y.batch_id = k.batch_id AND y.is_current
JOIN catalog_substitute x
  ON x.group_id = k.group_id
 AND daterange(x.valid_from, x.valid_to, '[]') @> %(last_day)s::date
JOIN {product} p ON p.id = x.product_id
WHERE k.covered
