-- P: what was paid for a line, and sent back of it, up to the due date; the month's last day for all.
SELECT x.line_id, sum(x.amount) AS amount
FROM (
    SELECT p.line_id, p.amount
    FROM procurement_payment p
    WHERE {due_line:p.line_id} AND p.paid_on <= %(last_day)s
    UNION ALL
    SELECT t.line_id, round(t.packs * t.unit_price, 2)
    FROM procurement_return t
    WHERE t.line_id IN (SELECT line_id FROM ind_due_receipt) 
      AND t.returned_at >= (SELECT min(ordered_at) FROM ind_due_receipt)
      AND t.returned_at < %(cut)s AND {rows:t}
) x
GROUP BY x.line_id
