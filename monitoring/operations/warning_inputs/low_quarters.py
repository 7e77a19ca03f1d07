"""Which enterprises were below on_time_rate_min in each of the last completed quarters."""

from __future__ import annotations

from django.db import connection

from monitoring.indicators.cut import MonthCut, add_months, parameters_of
from monitoring.indicators.render import render
from monitoring.indicators.scope import WHOLE
from monitoring.indicators.staging import with_stages

QUARTER = """
CREATE TEMP TABLE IF NOT EXISTS rule_quarter_month (
    quarter integer, subject_type text, enterprise_id bigint, province_id bigint,
    on_time numeric, lines numeric
) ON COMMIT DROP
"""

# One row per enterprise of a past month at that month's own cut.
MONTH = """
INSERT INTO rule_quarter_month
SELECT %(quarter)s, side.subject_type, side.enterprise_id, h.province_id,
       sum(l.numerator), sum(l.denominator)
FROM ({lines}) l
CROSS JOIN LATERAL (
    VALUES ('distributor', l.distributor_id), ('manufacturer', l.manufacturer_id)
) AS side(subject_type, enterprise_id)
JOIN ind_unit h ON h.institution_id = l.unit_id
WHERE l.first_month AND side.enterprise_id IS NOT NULL
GROUP BY side.subject_type, side.enterprise_id, h.province_id
"""

LOW = """
CREATE TEMP TABLE rule_low_quarters ON COMMIT DROP AS
SELECT q.subject_type, o.code AS subject_code, q.province_id
FROM (
    SELECT quarter, subject_type, enterprise_id, province_id,
           sum(on_time) AS on_time, sum(lines) AS lines
    FROM rule_quarter_month
    GROUP BY quarter, subject_type, enterprise_id, province_id
) q
JOIN organisations_organisation o ON o.id = q.enterprise_id
JOIN rule_value p ON p.key = 'on_time_rate_min' AND p.batch_code = ''
 AND p.province_id = q.province_id AND p.in_force
JOIN rule_value n ON n.key = 'on_time_quarters' AND n.batch_code = ''
 AND n.province_id = q.province_id AND n.in_force
JOIN rule_value few ON few.key = 'min_lines' AND few.batch_code = ''
 AND few.province_id = q.province_id AND few.in_force
WHERE q.lines >= few.value AND q.on_time < p.value * q.lines AND q.quarter < n.value
GROUP BY q.subject_type, o.code, q.province_id, n.value
HAVING count(*) = n.value
"""


def make_low_quarters(month: MonthCut) -> None:
    """Fill rule_low_quarters (赣2024 三: 连续季度低于 90%).

    The quarter that this month completes is the latest. Each of a quarter's months is taken at its
    own cut, so the months are computed again from the lines and not read from what is stored.
    """
    latest = add_months(month.first, -(month.first.month % 3))
    with connection.cursor() as cursor:
        for table in ("rule_quarter_month", "rule_low_quarters"):
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
        cursor.execute(QUARTER)
        cursor.execute(
            "SELECT COALESCE(max(value), 0) FROM rule_value"
            " WHERE key = 'on_time_quarters' AND batch_code = '' AND in_force"
        )
        quarters = int(cursor.fetchone()[0]) if _anyone_is_late() else 0
        for back in range(3 * quarters):
            past = MonthCut(add_months(latest, -back))
            parameters, _ = parameters_of(past)
            select = MONTH.replace("{lines}", render("on_time_rate"))
            insert, _, rest = select.partition("SELECT")
            cursor.execute(
                insert + with_stages("SELECT" + rest, WHOLE),
                parameters | {"quarter": back // 3},
            )
        cursor.execute(LOW)


def _anyone_is_late() -> bool:
    """Whether a quarter can matter at all: some enterprise is below the limit this month."""
    with connection.cursor() as asking:
        asking.execute(
            "SELECT EXISTS (SELECT FROM month_value v JOIN rule_value p"
            " ON p.key = 'on_time_rate_min' AND p.batch_code = '' AND p.in_force"
            " AND p.province_id = v.province_id"
            " WHERE v.indicator = 'on_time_rate'"
            " AND v.subject_type IN ('distributor', 'manufacturer')"
            " AND v.numerator < p.value * v.denominator)"
        )
        return bool(asking.fetchone()[0])
