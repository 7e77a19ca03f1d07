-- What was ordered in the twelve months before, and in the month.
SELECT count(*), sum(total) FROM (
    SELECT institution_id, product_id,
           sum(packs) FILTER (WHERE ordered_at < %(month_start)s) AS total,
           count(*) FILTER (WHERE ordered_at >= %(month_start)s) AS lines
    FROM procurement_orderline
    WHERE ordered_at >= %(usual_from)s AND ordered_at < %(cut)s
    GROUP BY 1, 2
) base
