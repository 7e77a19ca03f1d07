-- Orders and lines of one load file, unlike any other load's, from the province's own parties.
-- Empty cells are NULL here, which COPY writes bare; an empty string it would write as two quotes.
CREATE TABLE bench.load_order AS
SELECT %(prefix)s || o AS order_no, 'H' || lpad((1 + mod(o * 7919, %(institutions)s))::text, 11, '0') AS institution_code,
       '91360000' || lpad((%(manufacturers)s + 1 + mod(o, %(distributors)s))::text, 10, '0') AS distributor_uscc,
       to_char(%(first)s::timestamp + o * INTERVAL '1 second' * (300 * 86400 / %(orders)s),
               'YYYY-MM-DD"T"HH24:MI:SS') AS sent_at,
       mod(o, 40) / 39 AS urgent, NULL AS client_no, NULL AS receiving_place
FROM generate_series(0, %(orders)s - 1) o;

CREATE TABLE bench.load_line AS
SELECT o.order_no, k AS line_no, p.code AS product_code,
       CASE WHEN mod(k, 3) <> 0 THEN b.code END AS batch_code,
       1 + mod(p.id * 3 + k, 90) AS packs, p.listed_price AS unit_price,
       'confirmed' AS response,
       to_char(o.sent_at::timestamp + INTERVAL '20 hours', 'YYYY-MM-DD"T"HH24:MI:SS')
           AS responded_at,
       NULL AS reject_reason, NULL AS cancelled_at
FROM (SELECT *, row_number() OVER () AS n FROM bench.load_order) o
CROSS JOIN generate_series(1, 10) k
JOIN catalog_product p ON p.id = 1 + mod(o.n * 10 + k * 31, 3 * %(groups)s)
JOIN catalog_batch b ON b.id = 1 + mod(p.group_id, 10);
