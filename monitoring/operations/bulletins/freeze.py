"""Copy the figures and the names of a period into a draft: what it says rests on these alone."""

from __future__ import annotations

from typing import Any

from django.db import connection

from monitoring.models import Bulletin, BulletinInput, BulletinLine
from monitoring.queries.bulletin_period import months_of, period_before
from monitoring.rules.bulletin_lists import LISTS, LOW_ON_TIME, NameList
from policy.queries.read import PolicyValue

REGIONS = ("province", "city", "county")
UNITS = (*REGIONS, "institution")
SUPPLY = (*REGIONS, "manufacturer", "distributor")
# indicator, window, subjects: ytd ones at the period's last cut, monthly ones of all its months.
KEPT: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("completion_rate", "ytd", ("institution",)),
    ("completion_amount_rate", "ytd", UNITS),
    ("behind_schedule_rate", "ytd", UNITS),
    ("non_selected_share", "ytd", UNITS),
    ("selected_amount_share", "ytd", UNITS),
    ("signing_rate", "ytd", UNITS),
    ("response_rate", "month", SUPPLY),
    ("on_time_rate", "month", SUPPLY),
    ("resolve_on_time_rate", "month", REGIONS),
    ("receipt_overdue_rate", "month", UNITS),
    ("payment_on_time_rate", "month", UNITS),
)
ENTERPRISE_ONLY = ("response_rate", "on_time_rate", "resolve_on_time_rate")

# Sums over groups and products; a figure without a denominator says nothing and is left out.
COPY = """
INSERT INTO monitoring_bulletininput
    (bulletin_id, month, indicator, "window", subject_type, subject_code, subject_name,
     batch_code, year_no, category, numerator, denominator, row_count, county_id, city_id)
SELECT %(bulletin)s, v.month, v.indicator, v."window", v.subject_type, v.subject_code,
       COALESCE(max(o.name), max(r.name), v.subject_code), v.batch_code, v.year_no, v.category,
       sum(v.numerator), sum(v.denominator), count(*), max(v.county_id), max(v.city_id)
FROM rollup.indicator_value v
LEFT JOIN organisations_organisation o
  ON v.subject_type IN ('institution', 'manufacturer', 'distributor') AND o.code = v.subject_code
LEFT JOIN organisations_region r
  ON v.subject_type IN ('province', 'city', 'county') AND r.code = v.subject_code
WHERE v.month = ANY(%(months)s) AND v.indicator = %(indicator)s AND v."window" = %(window)s
  AND v.subject_type = ANY(%(subjects)s) AND v.province_id = %(province)s
  AND (%(city)s::bigint IS NULL OR v.city_id = %(city)s
       OR v.subject_type IN ('manufacturer', 'distributor'))
  AND v.denominator <> 0
GROUP BY v.month, v.indicator, v."window", v.subject_type, v.subject_code, v.batch_code,
         v.year_no, v.category
ORDER BY v.month, v.subject_type, v.subject_code, v.batch_code, v.year_no, v.category
"""

# Quantities in base units exist for institutions only: regions are the sums of their units.
SUM_UP = """
INSERT INTO monitoring_bulletininput
    (bulletin_id, month, indicator, "window", subject_type, subject_code, subject_name,
     batch_code, year_no, category, numerator, denominator, row_count, county_id, city_id)
SELECT i.bulletin_id, i.month, i.indicator, i."window", %(level)s, r.code, max(r.name),
       i.batch_code, i.year_no, '', sum(i.numerator), sum(i.denominator), sum(i.row_count),
       CASE WHEN %(level)s = 'county' THEN r.id END,
       CASE WHEN %(level)s <> 'province' THEN max(i.city_id) END
FROM monitoring_bulletininput i
JOIN organisations_region r ON r.id = {region}
WHERE i.bulletin_id = %(bulletin)s AND i.indicator = 'completion_rate'
  AND i.subject_type = 'institution'
GROUP BY i.bulletin_id, i.month, i.indicator, i."window", r.code, r.id, i.batch_code, i.year_no
ORDER BY i.month, r.code, i.batch_code, i.year_no
"""

# One line per rule, subject and batch: how many groups or products, and the worst of them.
NAMES = """
INSERT INTO monitoring_bulletinline
    (bulletin_id, line_no, rule, subject_type, subject_code, subject_name, batch_code, year_no,
     items, severity, measured, threshold, clause, remark, removed, removed_reason,
     organisation_id, county_id, city_id)
SELECT %(bulletin)s,
       row_number() OVER (ORDER BY l.place, w.subject_type, min(w.city_id), min(w.county_id),
                          w.subject_code, w.batch_code, w.year_no),
       w.rule, w.subject_type, w.subject_code, COALESCE(max(o.name), max(p.name), w.subject_code),
       w.batch_code, w.year_no, count(*),
       CASE WHEN bool_or(m.severity = 'red') THEN 'red' ELSE 'orange' END,
       CASE WHEN l.lowest THEN min(m.measured) ELSE max(m.measured) END,
       CASE WHEN l.lowest THEN (array_agg(m.threshold ORDER BY m.measured, w.id))[1]
            ELSE (array_agg(m.threshold ORDER BY m.measured DESC, w.id))[1] END,
       max(m.clause), '', false, '', max(COALESCE(w.institution_id, w.enterprise_id)),
       max(w.county_id), max(w.city_id)
FROM monitoring_warningmonth m
JOIN monitoring_warning w ON w.id = m.warning_id
JOIN unnest(%(rules)s::text[], %(lowest)s::boolean[])
     WITH ORDINALITY AS l(rule, lowest, place) ON l.rule = w.rule
LEFT JOIN organisations_organisation o ON o.id = COALESCE(w.institution_id, w.enterprise_id)
LEFT JOIN organisations_pool p ON w.subject_type = 'pool' AND p.code = w.subject_code
WHERE m.month = %(last)s AND m.severity <> 'yellow' AND w.province_id = %(province)s
  AND (%(city)s::bigint IS NULL OR w.city_id = %(city)s)
GROUP BY l.place, l.lowest, w.rule, w.subject_type, w.subject_code, w.batch_code, w.year_no
"""

# 赣2024 三: of the quarter's months together, with at least min_lines lines; again the one before.
QUARTER = """
INSERT INTO monitoring_bulletinline
    (bulletin_id, line_no, rule, subject_type, subject_code, subject_name, batch_code, year_no,
     items, severity, measured, threshold, clause, remark, removed, removed_reason,
     organisation_id, county_id, city_id)
SELECT %(bulletin)s, row_number() OVER (ORDER BY n.subject_type, n.rate, n.subject_code), %(rule)s,
       n.subject_type, n.subject_code, n.subject_name, '', NULL, 1,
       CASE WHEN b.subject_code IS NULL THEN 'orange' ELSE 'red' END, round(n.rate, 8), %(least)s,
       %(clause)s, CASE WHEN b.subject_code IS NULL THEN '' ELSE '连续两个季度低于标准' END,
       false, '', o.id, NULL, NULL
FROM ({low}) n
JOIN organisations_organisation o ON o.code = n.subject_code
LEFT JOIN ({before}) b ON b.subject_type = n.subject_type AND b.subject_code = n.subject_code
"""
LOW = """
SELECT subject_type, subject_code, max(subject_name) AS subject_name,
       sum(numerator) / sum(denominator) AS rate
FROM monitoring_bulletininput
WHERE bulletin_id = %(bulletin)s AND indicator = 'on_time_rate'
  AND subject_type IN ('manufacturer', 'distributor') AND month {side} %(from)s
GROUP BY subject_type, subject_code
HAVING sum(denominator) >= %(few)s AND sum(numerator) < %(least)s * sum(denominator)
"""


def freeze_figures(bulletin: Bulletin) -> int:
    """Put the period's figures, and those of the period before, in place of what was there."""
    BulletinInput.objects.filter(bulletin=bulletin).delete()
    now = months_of(bulletin.period_from, bulletin.period_to)
    then = months_of(*period_before(bulletin.period_from, bulletin.period_to))
    marks: dict[str, Any] = {
        "bulletin": bulletin.pk, "province": bulletin.province_id, "city": bulletin.city_id,
    }  # fmt: skip
    count = 0
    with connection.cursor() as cursor:
        for indicator, window, subjects in KEPT:
            if bulletin.kind == "enterprise" and indicator not in ENTERPRISE_ONLY:
                continue
            months = [*now, *then] if window == "month" else [now[-1], then[-1]]
            cursor.execute(
                COPY,
                marks | {"indicator": indicator, "window": window, "months": months,
                         "subjects": list(subjects)},
            )  # fmt: skip
            count += cursor.rowcount
        for level, region in (
            ("county", "i.county_id"), ("city", "i.city_id"), ("province", "%(province)s"),
        ):  # fmt: skip
            if level == "province" and bulletin.city_id is not None:
                continue
            cursor.execute(SUM_UP.format(region=region), marks | {"level": level})
            count += cursor.rowcount
    return count


def freeze_names(bulletin: Bulletin, values: dict[str, PolicyValue]) -> int:
    """Put the period's lists of names in place of what was there; the warnings of its last month."""
    BulletinLine.objects.filter(bulletin=bulletin).delete()
    lists: tuple[NameList, ...] = LISTS[bulletin.kind]
    with connection.cursor() as cursor:
        if bulletin.kind == "enterprise":
            least = values["on_time_rate_min"]
            if not least.in_force:
                return 0
            cursor.execute(
                QUARTER.format(low=LOW.format(side=">="), before=LOW.format(side="<")),
                {"bulletin": bulletin.pk, "rule": LOW_ON_TIME.rule, "least": least.number,
                 "clause": least.clause, "few": values["min_lines"].number,
                 "from": bulletin.period_from},
            )  # fmt: skip
        else:
            cursor.execute(
                NAMES,
                {"bulletin": bulletin.pk, "rules": [each.rule for each in lists],
                 "lowest": [each.lowest for each in lists],
                 "last": months_of(bulletin.period_from, bulletin.period_to)[-1],
                 "province": bulletin.province_id, "city": bulletin.city_id},
            )  # fmt: skip
        return int(cursor.rowcount)
