-- Lines of a period, each once, with how it turned out until `at`; summed by whoever asks.
-- A line counts unless it was taken back before an answer, or refused for an excused reason.
WITH line AS MATERIALIZED (
    SELECT l.id, l.ordered_at, l.institution_id, l.product_id, l.distributor_id, l.packs,
           l.response, l.response_due_at, l.delivery_due_at
    FROM procurement_orderline l
    JOIN organisations_organisation o ON o.id = l.institution_id
    WHERE {seen}
      AND l.ordered_at >= %(start)s AND l.ordered_at < %(until)s
      AND (%(product)s::bigint IS NULL OR l.product_id = %(product)s)
      AND (%(manufacturer)s::bigint IS NULL OR l.manufacturer_id = %(manufacturer)s)
      AND (%(kinds)s::text[] IS NULL OR o.institution_kind = ANY (%(kinds)s))
      AND l.cancelled_at IS NULL
      AND NOT (l.response = 'rejected' AND l.reject_reason = ANY (%(excused)s))
), in_time AS MATERIALIZED (
    -- Nothing is delivered before it is shipped: what came in time was recorded until the deadline.
    SELECT l.id, sum(d.packs) FILTER (WHERE d.delivered_at <= l.delivery_due_at) AS packs
    FROM line l
    JOIN procurement_delivery d
      ON d.line_id = l.id AND d.recorded_at >= l.ordered_at
     AND d.recorded_at <= COALESCE(l.delivery_due_at, l.ordered_at)
    WHERE d.delivered_at <= %(at)s
    GROUP BY l.id
), told AS (
    SELECT l.*, COALESCE(c.packs, 0) >= l.packs AS on_time, l.delivery_due_at < %(at)s AS is_due,
           -- Only of what did not come until the deadline later months are asked.
           c.id IS NOT NULL OR EXISTS (
               SELECT FROM procurement_delivery d
               WHERE d.line_id = l.id AND d.recorded_at >= COALESCE(l.delivery_due_at, l.ordered_at)
                 AND d.delivered_at <= %(at)s) AS came
    FROM line l
    LEFT JOIN in_time c ON c.id = l.id
)
SELECT {keys}, GROUPING({keys}), count(DISTINCT t.institution_id), count(*), sum(t.packs),
       count(*) FILTER (WHERE t.response = '' AND t.response_due_at < %(at)s AND NOT t.came),
       count(*) FILTER (WHERE t.is_due),
       count(*) FILTER (WHERE t.is_due AND t.on_time),
       count(*) FILTER (WHERE t.is_due AND NOT t.on_time AND t.came),
       count(*) FILTER (WHERE t.is_due AND NOT t.came)
FROM told t
GROUP BY GROUPING SETS ({sets})
