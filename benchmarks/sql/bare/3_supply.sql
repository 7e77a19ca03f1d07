-- Lines of the year with what was taken of them, and those of the month with what arrived.
SELECT count(*), sum(n) FROM (
    SELECT l.institution_id, l.product_id, l.manufacturer_id, l.distributor_id,
           count(*) AS lines, sum(LEAST(t.packs, l.packs) * l.unit_price) AS n,
           sum(l.packs * l.unit_price) AS d,
           count(*) FILTER (WHERE a.packs >= l.packs) AS on_time
    FROM procurement_orderline l
    LEFT JOIN (
        SELECT line_id, sum(packs) AS packs FROM (
            SELECT line_id, accepted_packs AS packs FROM procurement_receipt
            WHERE received_at >= %(supply_from)s AND received_at < %(cut)s
            UNION ALL
            SELECT line_id, -packs FROM procurement_return
            WHERE returned_at >= %(supply_from)s AND returned_at < %(cut)s
        ) m GROUP BY line_id
    ) t ON t.line_id = l.id
    LEFT JOIN (
        SELECT line_id, sum(packs) AS packs FROM procurement_delivery
        WHERE recorded_at >= %(delivery_from)s AND recorded_at < %(cut)s
          AND delivered_at < ordered_at + INTERVAL '72 hours'
        GROUP BY line_id
    ) a ON a.line_id = l.id
    WHERE l.ordered_at >= %(supply_from)s AND l.ordered_at < %(cut)s
      AND l.product_id IN (SELECT product_id FROM catalog_selection)
    GROUP BY 1, 2, 3, 4
) base
