-- A, the agreed quantity of effective agreements, and what it is worth, per unit and product.
SELECT a.unit_id, a.batch_id, a.year_no, a.product_id, a.group_id, a.base_units_per_pack,
       sum(a.agreed_qty) AS agreed,
       sum(a.agreed_qty * a.price) AS worth,
       CASE WHEN a.group_id IS NOT NULL THEN
           sum(sum(a.agreed_qty)) OVER (
               PARTITION BY a.unit_id, a.batch_id, a.year_no, a.group_id)
       END AS group_agreed
FROM ind_agreement a
WHERE a.signed
GROUP BY a.unit_id, a.batch_id, a.year_no, a.product_id, a.group_id, a.base_units_per_pack
