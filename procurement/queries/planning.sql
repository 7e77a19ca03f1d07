WITH taken AS (
    SELECT product_id, accepted_packs AS packs, received_at AS at
    FROM procurement_receipt
    WHERE institution_id = %(institution)s
      AND (received_at >= %(since)s AND received_at < %(until)s
           OR received_at >= %(month_from)s AND received_at < %(month_to)s)
    UNION ALL
    SELECT product_id, -packs, returned_at
    FROM procurement_return
    WHERE institution_id = %(institution)s
      AND (returned_at >= %(since)s AND returned_at < %(until)s
           OR returned_at >= %(month_from)s AND returned_at < %(month_to)s)
), used AS (
    SELECT product_id,
           COALESCE(sum(packs) FILTER (WHERE at >= %(since)s AND at < %(until)s), 0) AS recent,
           COALESCE(sum(packs) FILTER (WHERE at >= %(month_from)s AND at < %(month_to)s), 0)
               AS last_year
    FROM taken GROUP BY product_id
), history AS (
    SELECT product_id, sum(packs) AS packs FROM procurement_purchasehistory
    WHERE institution_id = %(institution)s AND month = %(month)s GROUP BY product_id
), way AS (
    SELECT product_id, sum(GREATEST(packs - accepted_packs - refused_packs, 0)) AS packs
    FROM procurement_lineprogress
    WHERE institution_id = %(institution)s AND state = ANY (%(under_way)s) GROUP BY product_id
), carried AS (
    SELECT product_id, round((percentile_cont(0.5) WITHIN GROUP (
               ORDER BY extract(epoch FROM delivered_at - ordered_at) / 86400.0))::numeric, 1)
               AS days
    FROM procurement_delivery
    WHERE institution_id = %(institution)s AND recorded_at >= %(carried_since)s
      AND recorded_at < %(until)s AND delivered_at IS NOT NULL GROUP BY product_id
)
SELECT p.id, COALESCE(u.recent, 0), COALESCE(u.last_year, 0) + COALESCE(h.packs, 0),
       COALESCE(w.packs, 0), c.days
FROM catalog_product p
LEFT JOIN used u ON u.product_id = p.id
LEFT JOIN history h ON h.product_id = p.id
LEFT JOIN way w ON w.product_id = p.id
LEFT JOIN carried c ON c.product_id = p.id
WHERE u.recent > 0 OR u.last_year > 0 OR h.packs > 0 OR w.packs > 0 OR p.id = ANY (%(agreed)s)
ORDER BY p.name, p.id
LIMIT %(most)s
