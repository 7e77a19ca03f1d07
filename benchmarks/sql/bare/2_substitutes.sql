-- Of substitutes in two years, history included.
SELECT count(*), sum(quantity) FROM (
    SELECT m.institution_id, m.product_id, date_trunc('month', m.at) AS month,
           sum(m.packs) AS quantity
    FROM (
        SELECT institution_id, product_id, accepted_packs AS packs, received_at AS at
        FROM procurement_receipt WHERE received_at >= %(prior_from)s AND received_at < %(cut)s
        UNION ALL
        SELECT institution_id, product_id, -packs, returned_at
        FROM procurement_return WHERE returned_at >= %(prior_from)s AND returned_at < %(cut)s
        UNION ALL
        SELECT institution_id, product_id, packs, month
        FROM procurement_purchasehistory WHERE month >= %(prior_day)s AND month <= %(last_day)s
    ) m
    WHERE m.product_id IN (SELECT product_id FROM catalog_substitute)
    GROUP BY 1, 2, 3
) base
