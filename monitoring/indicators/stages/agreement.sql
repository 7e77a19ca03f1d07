-- Agreement lines of the current years, by unit.
SELECT a.id, a.agreement_no, u.unit_id, a.institution_id, a.batch_id, a.year_no, a.product_id,
       p.group_id, p.base_units_per_pack, a.manufacturer_id, a.distributor_id,
       a.agreed_qty, a.price,
       (a.institution_signed_at < %(cut)s AND a.manufacturer_signed_at < %(cut)s
        AND a.distributor_signed_at < %(cut)s) IS TRUE AS signed
FROM contracts_agreementline a
JOIN ind_unit u ON u.institution_id = a.institution_id
JOIN {product} p ON p.id = a.product_id
JOIN ind_batch_year y ON y.batch_id = a.batch_id AND y.year_no = a.year_no AND y.is_current
WHERE {rows:a}
-- A terminated agreement's lines count no more from that moment on.
  AND (a.ended_at IS NULL OR a.ended_at >= %(cut)s)
