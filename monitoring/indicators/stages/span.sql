-- Each zone × batch × bucket × year cut into spans in which no selection begins or ends.
SELECT e.zone_id, e.batch_id, e.bucket, e.year_no, e.at AS from_at,
       LEAD(e.at, 1, y.ends_at) OVER (
           PARTITION BY e.zone_id, e.batch_id, e.bucket, e.year_no ORDER BY e.at
       ) AS to_at
FROM (
    SELECT z.zone_id, k.batch_id, k.bucket, y.year_no, y.starts_at AS at
    FROM (SELECT DISTINCT zone_id FROM ind_unit) z
    CROSS JOIN ind_bucket k
    JOIN ind_batch_year y ON y.batch_id = k.batch_id
    UNION
    SELECT s.zone_id, s.batch_id, s.bucket, y.year_no, edge.at
    FROM ind_selection s
    JOIN ind_batch_year y ON y.batch_id = s.batch_id
    CROSS JOIN LATERAL (VALUES (s.from_at), (s.to_at)) AS edge(at)
    WHERE edge.at > y.starts_at AND edge.at < y.ends_at
) e
JOIN ind_batch_year y ON y.batch_id = e.batch_id AND y.year_no = e.year_no
