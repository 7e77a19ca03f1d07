-- Deliveries of the month's reach with their first receipt, by institution.
SELECT count(*), sum(late) FROM (
    SELECT d.institution_id, count(*) AS deliveries,
           count(*) FILTER (WHERE r.first_at IS NULL) AS late
    FROM procurement_delivery d
    LEFT JOIN (
        SELECT delivery_id, min(received_at) AS first_at FROM procurement_receipt
        WHERE received_at >= %(delivered_from)s AND received_at < %(cut)s
        GROUP BY delivery_id
    ) r ON r.delivery_id = d.id
    WHERE d.delivered_at >= %(delivered_from)s AND d.delivered_at < %(cut)s
      AND d.recorded_at < %(cut)s
    GROUP BY 1
) base
