-- Received less returned in the years to date, by unit, batch, product and standing.
SELECT count(*), sum(quantity) FROM (
    SELECT m.institution_id, m.product_id, m.batch_id, m.at >= %(month_start)s AS in_month,
           sum(m.packs) AS quantity, sum(m.packs * m.unit_price) AS amount
    FROM (
        SELECT institution_id, product_id, batch_id, unit_price, accepted_packs AS packs,
               received_at AS at
        FROM procurement_receipt WHERE received_at >= %(batch_from)s AND received_at < %(cut)s
        UNION ALL
        SELECT institution_id, product_id, batch_id, unit_price, -packs, returned_at
        FROM procurement_return WHERE returned_at >= %(batch_from)s AND returned_at < %(cut)s
    ) m
    GROUP BY 1, 2, 3, 4
) base
