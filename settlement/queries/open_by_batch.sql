-- What is open of owed statements of pools, by statement and batch, in yuan. As `_pay_lines` counts
-- it: returns of the statement, and what was paid, settle the oldest receipts first. The sum over
-- the batches of a statement is its total less what was paid.
WITH lines AS (
    SELECT s.id AS statement_id, s.paid, x.line_id, x.ordered_at, x.batch_id, x.amount,
           row_number() OVER (PARTITION BY s.id ORDER BY x.fact_at, x.id) AS n
    FROM settlement_statement s
    JOIN settlement_statementline x ON x.statement_id = s.id AND x.state = 'live'
    WHERE s.pool_id = ANY (%(pools)s) AND s.state = ANY (%(states)s) AND s.total > s.paid
), net AS (
    SELECT statement_id, paid, line_id, min(batch_id) AS batch_id, sum(amount) AS amount,
           min(n) AS n
    FROM lines GROUP BY statement_id, paid, line_id, ordered_at
), ranked AS (
    SELECT *, GREATEST(paid, 0) - sum(LEAST(amount, 0)) OVER (PARTITION BY statement_id)
              - (sum(GREATEST(amount, 0)) OVER w - GREATEST(amount, 0)) AS left_for_it
    FROM net
    WINDOW w AS (PARTITION BY statement_id ORDER BY n ROWS UNBOUNDED PRECEDING)
)
SELECT statement_id, batch_id,
       sum(GREATEST(amount, 0) - LEAST(GREATEST(amount, 0), GREATEST(left_for_it, 0))) AS amount
FROM ranked GROUP BY statement_id, batch_id ORDER BY statement_id, batch_id
