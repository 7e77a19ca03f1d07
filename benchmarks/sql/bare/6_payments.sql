-- Receipts that fall due in the month with what was paid of their lines.
SELECT count(*), sum(owed) FROM (
    SELECT r.institution_id, sum(r.accepted_packs * r.unit_price) AS owed, sum(p.amount) AS paid
    FROM procurement_receipt r
    LEFT JOIN (
        SELECT line_id, sum(amount) AS amount FROM procurement_payment
        WHERE ordered_at >= %(payable_from)s::timestamptz - INTERVAL '60 days'
          AND paid_on <= %(last_day)s
        GROUP BY line_id
    ) p ON p.line_id = r.line_id
    WHERE r.received_at >= %(payable_from)s AND r.received_at < %(payable_to)s
    GROUP BY 1
) base
