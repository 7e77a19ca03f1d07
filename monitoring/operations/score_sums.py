"""SQL that sums what a score is made of and puts the points together, for all enterprises at once.

`score_period` holds the periods with their policy values, `score_quarter` the complete quarters.
Each figure counts on the first day of its month; an action in the month of its due day; an upheld
appeal in every period that holds its own.
"""

from core.database.serial import next_serial

PERIODS = """
CREATE TEMP TABLE score_period (
    period text, first date, last date, province_id bigint,
    response_min numeric, on_time_min numeric, min_lines numeric
) ON COMMIT DROP;
CREATE TEMP TABLE score_weight (
    period text, first date, province_id bigint, part text, weight numeric
) ON COMMIT DROP;
CREATE TEMP TABLE score_quarter (first date, last date, province_id bigint) ON COMMIT DROP;
"""

FIGURES = """
CREATE TEMP TABLE score_figure ON COMMIT DROP AS
SELECT v.subject_type AS side, v.enterprise_id, v.province_id, v.month,
       CASE v.indicator WHEN 'fulfilment_rate' THEN 'fulfilment'
            WHEN 'resolve_on_time_rate' THEN 'complaint'
            WHEN 'response_rate' THEN 'response' ELSE 'on_time' END AS part,
       sum(v.numerator) AS numerator, sum(v.denominator) AS denominator
FROM rollup.indicator_value v
WHERE v."window" = 'month' AND v.subject_type IN ('manufacturer', 'distributor')
  AND v.indicator IN ('fulfilment_rate', 'resolve_on_time_rate', 'response_rate', 'on_time_rate')
  AND v.month >= %(since)s AND v.month <= %(until)s
  AND (%(enterprise)s::bigint IS NULL OR v.enterprise_id = %(enterprise)s::bigint)
GROUP BY v.subject_type, v.enterprise_id, v.province_id, v.month, 5
UNION ALL
SELECT s.side, a.enterprise_id, a.province_id, date_trunc('month', a.due_on)::date,
       'rectification',
       count(*) FILTER (WHERE a.outcome IN ('accepted', 'recovered')
                        AND (a.outcome_at AT TIME ZONE 'Asia/Shanghai')::date <= a.due_on),
       count(*)
FROM monitoring_supervisionaction a
JOIN organisations_organisation o ON o.id = a.enterprise_id
CROSS JOIN LATERAL (
    VALUES ('manufacturer', o.is_manufacturer), ('distributor', o.is_distributor)
) AS s(side, holds)
WHERE s.holds AND a.due_on BETWEEN %(since)s AND %(last)s AND a.kind = ANY(%(answered)s)
  AND a.state NOT IN ('proposed', 'dismissed', 'withdrawn')
  AND (%(enterprise)s::bigint IS NULL OR a.enterprise_id = %(enterprise)s::bigint)
GROUP BY s.side, a.enterprise_id, a.province_id, 4
"""

CORRECTIONS = """
CREATE TEMP TABLE score_correction ON COMMIT DROP AS
SELECT s.side, s.enterprise_id, s.province_id, s.period_from AS first, s.period_to AS last, a.part,
       sum(a.numerator_change) AS numerator, sum(a.denominator_change) AS denominator
FROM monitoring_scoreappeal a
JOIN monitoring_supplyscore s ON s.id = a.score_id
WHERE a.state = 'upheld'
  AND (%(enterprise)s::bigint IS NULL OR s.enterprise_id = %(enterprise)s::bigint)
GROUP BY s.side, s.enterprise_id, s.province_id, s.period_from, s.period_to, a.part
"""

# Every enterprise that had a figure in the twelve months up to the period's end: one without any in
# the period has a row that says so, and no score.
PARTS = """
CREATE TEMP TABLE score_part ON COMMIT DROP AS
WITH whom AS (
    SELECT DISTINCT p.period, p.first, p.last, f.side, f.enterprise_id, f.province_id
    FROM score_period p
    JOIN score_figure f ON f.province_id = p.province_id
     AND f.month <= p.last AND f.month > p.last - interval '1 year'
),
events AS (
    SELECT p.period, p.first, f.side, f.enterprise_id, f.province_id, f.part,
           f.numerator, f.denominator
    FROM score_period p
    JOIN score_figure f ON f.province_id = p.province_id AND f.month BETWEEN p.first AND p.last
    UNION ALL
    SELECT p.period, p.first, c.side, c.enterprise_id, c.province_id, c.part,
           c.numerator, c.denominator
    FROM score_period p
    JOIN score_correction c ON c.province_id = p.province_id
     AND c.first >= p.first AND c.last <= p.last
),
summed AS (
    SELECT period, first, side, enterprise_id, province_id, part,
           sum(numerator) AS numerator, sum(denominator) AS denominator
    FROM events GROUP BY period, first, side, enterprise_id, province_id, part
)
SELECT w.period, w.first, w.last, w.side, w.enterprise_id, w.province_id, g.part, g.weight,
       COALESCE(s.numerator, 0) AS numerator, COALESCE(s.denominator, 0) AS denominator,
       sum(g.weight) FILTER (WHERE s.denominator > 0) OVER (
           PARTITION BY w.period, w.first, w.side, w.enterprise_id, w.province_id) AS shared
FROM whom w
JOIN score_weight g ON g.period = w.period AND g.first = w.first AND g.province_id = w.province_id
LEFT JOIN summed s ON s.period = w.period AND s.first = w.first AND s.side = w.side
 AND s.enterprise_id = w.enterprise_id AND s.province_id = w.province_id AND s.part = g.part
"""

# 30 decimals before dividing, so that the held 4 are those of the exact fraction.
POINTS = """
CREATE TEMP TABLE score_point ON COMMIT DROP AS
SELECT p.*, p.denominator > 0 AND p.weight > 0 AS present,
       CASE WHEN p.denominator > 0
            THEN round(100 * p.weight::numeric(40, 30) / NULLIF(p.shared, 0), 4) ELSE 0
       END AS shared_weight,
       CASE WHEN p.denominator > 0
            THEN (100 * p.weight * p.numerator)::numeric(80, 30)
                 / NULLIF(p.denominator * p.shared, 0)
       END AS exact
FROM score_part p
"""

# A quarter counts as low where it is complete, has enough lines and is below the period's limit.
LOW = """
CREATE TEMP TABLE score_low ON COMMIT DROP AS
SELECT p.period, p.first, x.side, x.enterprise_id, x.province_id, q.back,
       sum(x.numerator) < p.on_time_min * sum(x.denominator)
       AND sum(x.denominator) >= p.min_lines AS low
FROM score_period p
CROSS JOIN generate_series(0, %(back)s - 1) AS q(back)
JOIN score_quarter k ON k.province_id = p.province_id
 AND k.last = ((p.last + 1) - make_interval(months => 3 * q.back) - interval '1 day')::date
JOIN (
    SELECT side, enterprise_id, province_id, month AS first, month AS last, numerator, denominator
    FROM score_figure WHERE part = 'on_time'
    UNION ALL
    SELECT side, enterprise_id, province_id, first, last, numerator, denominator
    FROM score_correction WHERE part = 'on_time'
) x ON x.province_id = p.province_id AND x.first >= k.first AND x.last <= k.last
WHERE p.period IN ('quarter', 'year')
GROUP BY p.period, p.first, x.side, x.enterprise_id, x.province_id, q.back,
         p.on_time_min, p.min_lines
"""

SCORES = """
CREATE TEMP TABLE score_new ON COMMIT DROP AS
WITH made AS (
    SELECT t.period, t.first, t.last, t.side, t.enterprise_id, t.province_id,
           round(round(sum(t.exact), 20), 4) AS score,
           max(t.numerator) FILTER (WHERE t.part = 'response') AS answered,
           max(t.denominator) FILTER (WHERE t.part = 'response') AS sent,
           max(t.numerator) FILTER (WHERE t.part = 'on_time') AS arrived,
           max(t.denominator) FILTER (WHERE t.part = 'on_time') AS due
    FROM score_point t
    GROUP BY t.period, t.first, t.last, t.side, t.enterprise_id, t.province_id
),
in_row AS (
    SELECT l.period, l.first, l.side, l.enterprise_id, l.province_id,
           COALESCE(min(b.back) FILTER (WHERE NOT COALESCE(h.low, FALSE)), %(back)s) AS quarters
    FROM (SELECT DISTINCT period, first, side, enterprise_id, province_id FROM score_low) l
    CROSS JOIN generate_series(0, %(back)s - 1) AS b(back)
    LEFT JOIN score_low h ON h.period = l.period AND h.first = l.first AND h.side = l.side
     AND h.enterprise_id = l.enterprise_id AND h.province_id = l.province_id AND h.back = b.back
    GROUP BY l.period, l.first, l.side, l.enterprise_id, l.province_id
)
SELECT m.period, m.first, m.last, m.side, m.enterprise_id, m.province_id, m.score,
       COALESCE(r.quarters, 0) AS low_quarters,
       CASE
           WHEN r.quarters >= %(disqualify)s THEN 'disqualify'
           WHEN r.quarters >= %(reduce)s THEN 'reduce'
           WHEN m.score IS NULL OR m.due < p.min_lines OR m.due = 0 THEN 'none'
           WHEN m.arrived < p.on_time_min * m.due THEN 'risk'
           WHEN m.sent > 0 AND m.sent >= p.min_lines AND m.answered >= p.response_min * m.sent
               THEN 'incentive'
           ELSE 'normal'
       END AS grade
FROM made m
JOIN score_period p ON p.period = m.period AND p.first = m.first AND p.province_id = m.province_id
LEFT JOIN in_row r ON r.period = m.period AND r.first = m.first AND r.side = m.side
 AND r.enterprise_id = m.enterprise_id AND r.province_id = m.province_id
"""

# A version is written only where something differs from the one that stands.
CHANGED = """
CREATE TEMP TABLE score_changed ON COMMIT DROP AS
WITH stands AS (
    SELECT o.id, n.period, n.first, n.side, n.enterprise_id, n.province_id
    FROM score_new n
    JOIN monitoring_supplyscore o
      ON o.enterprise_id = n.enterprise_id AND o.side = n.side AND o.province_id = n.province_id
     AND o.period = n.period AND o.period_from = n.first AND o.is_current
),
other AS (
    SELECT DISTINCT k.id
    FROM stands k
    JOIN monitoring_supplyscorepart s ON s.score_id = k.id
    JOIN score_point t ON t.period = k.period AND t.first = k.first AND t.side = k.side
     AND t.enterprise_id = k.enterprise_id AND t.province_id = k.province_id AND t.part = s.part
    WHERE s.numerator <> t.numerator OR s.denominator <> t.denominator OR s.weight <> t.weight
)
SELECT n.*, o.id AS former_id, COALESCE(o.version, 0) + 1 AS version
FROM score_new n
LEFT JOIN stands k ON k.period = n.period AND k.first = n.first AND k.side = n.side
 AND k.enterprise_id = n.enterprise_id AND k.province_id = n.province_id
LEFT JOIN monitoring_supplyscore o ON o.id = k.id
LEFT JOIN other d ON d.id = k.id
WHERE o.id IS NULL OR d.id IS NOT NULL OR o.score IS DISTINCT FROM n.score
   OR o.grade <> n.grade OR o.low_quarters <> n.low_quarters
"""

RETIRE = """
UPDATE monitoring_supplyscore o SET is_current = FALSE
FROM score_changed c WHERE o.id = c.former_id
"""

INSERT = f"""
INSERT INTO monitoring_supplyscore
    (score_no, side, period, period_from, period_to, version, is_current, source, score, grade,
     low_quarters, made_at, made_by_name, enterprise_id, province_id)
SELECT 'PF' || to_char(c.last, 'YYYYMM') || '-'
       || {next_serial("monitoring_score_no", 6)},
       c.side, c.period, c.first, c.last, c.version, TRUE,
       CASE WHEN c.former_id IS NULL THEN 'computed' ELSE %(source)s END,
       c.score, c.grade, c.low_quarters, %(at)s, %(by_name)s, c.enterprise_id, c.province_id
FROM (
    SELECT * FROM score_changed
    ORDER BY last, CASE period WHEN 'month' THEN 0 WHEN 'quarter' THEN 1 ELSE 2 END,
             side, enterprise_id, province_id
) c
RETURNING id, enterprise_id
"""

INSERT_PARTS = """
INSERT INTO monitoring_supplyscorepart
    (score_id, part, weight, shared_weight, numerator, denominator, points)
SELECT s.id, t.part, t.weight, COALESCE(t.shared_weight, 0), t.numerator, t.denominator,
       round(round(t.exact, 20), 4)
FROM score_point t
JOIN score_changed c ON c.period = t.period AND c.first = t.first AND c.side = t.side
 AND c.enterprise_id = t.enterprise_id AND c.province_id = t.province_id
JOIN monitoring_supplyscore s
  ON s.enterprise_id = c.enterprise_id AND s.side = c.side AND s.province_id = c.province_id
 AND s.period = c.period AND s.period_from = c.first AND s.version = c.version
"""

TABLES = (
    "score_period", "score_weight", "score_quarter", "score_figure", "score_correction",
    "score_part", "score_point", "score_low", "score_new", "score_changed",
)  # fmt: skip
