-- Identities go on behind the ids that were given here.
SELECT setval(pg_get_serial_sequence('procurement_order', 'id'), max(id)) FROM procurement_order;
SELECT setval(pg_get_serial_sequence('procurement_orderline', 'id'), max(id))
FROM procurement_orderline;
SELECT setval(pg_get_serial_sequence('procurement_delivery', 'id'), max(id))
FROM procurement_delivery;
