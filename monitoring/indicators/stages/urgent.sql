-- Urgent orders whose lines can fall due in a window of this month.
SELECT o.id
FROM procurement_order o
WHERE o.urgent AND o.sent_at >= %(supply_from)s AND o.sent_at < %(cut)s AND {orders:o}
