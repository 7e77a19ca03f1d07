-- Completion per unit and product, held once: the amounts and the schedule start from these.
SELECT x.unit_id, x.batch_id, x.year_no, x.product_id,
       round(round(sum(x.numerator), 20), 8) AS numerator,
       round(round(sum(x.denominator), 20), 8) AS agreed,
       bool_and(x.assessed) AS assessed
FROM ({lines:completion_rate}) x
GROUP BY x.unit_id, x.batch_id, x.year_no, x.product_id
