-- What is open of owed statements of pools, by statement, batch and agreement year (none: null), in
-- yuan. As `_pay_lines` counts it: returns of the statement, and what was paid, settle the oldest
-- receipts first. Returns that settled none are open too, below 0. The sum over the batches of a
-- statement is its total less what was paid.
WITH lines AS (
    SELECT s.id AS statement_id, s.paid, x.line_id, x.ordered_at, x.batch_id, y.year_no, x.amount,
           row_number() OVER (PARTITION BY s.id ORDER BY x.fact_at, x.id) AS n
    FROM settlement_statement s
    JOIN settlement_statementline x ON x.statement_id = s.id AND x.state = 'live'
    LEFT JOIN catalog_agreementyear y
           ON y.batch_id = x.batch_id
          AND (x.fact_at AT TIME ZONE 'Asia/Shanghai')::date BETWEEN y.starts_on AND y.ends_on
    WHERE s.pool_id = ANY (%(pools)s) AND s.state = ANY (%(states)s) AND s.total <> s.paid
), net AS (
    SELECT statement_id, paid, batch_id, year_no, GREATEST(sum(amount), 0) AS taken,
           -LEAST(sum(amount), 0) AS back, min(n) AS n
    FROM lines GROUP BY statement_id, paid, line_id, ordered_at, batch_id, year_no
), whole AS (
    SELECT *, sum(taken) OVER s AS all_taken, sum(back) OVER s AS all_back,
           sum(taken) OVER w - taken AS taken_before, sum(back) OVER w - back AS back_before
    FROM net
    WINDOW s AS (PARTITION BY statement_id),
           w AS (PARTITION BY statement_id ORDER BY n ROWS UNBOUNDED PRECEDING)
), settled AS (
    SELECT *, LEAST(all_taken, GREATEST(paid, 0) + all_back) AS settled_taken FROM whole
)
SELECT statement_id, batch_id, year_no,
       sum(taken - LEAST(taken, GREATEST(settled_taken - taken_before, 0))
           - back + LEAST(back, GREATEST(settled_taken - paid - back_before, 0))) AS amount
FROM settled GROUP BY statement_id, batch_id, year_no ORDER BY statement_id, batch_id, year_no
