"""Copy the 年度考核 of the agreement years that ended in a yearly bulletin's period into its draft."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from catalog.models import AgreementYear
from contracts.models import AgreementLine
from monitoring.models import Bulletin, YearAssessment
from monitoring.queries.bulletin_period import months_of
from monitoring.rules.bulletin_lists import ASSESSED, ASSESSED_RATE
from monitoring.states.assessment import ASSESSMENT_CLAUSE

# Groups without an agreement were not assessed and stand in neither side of the rate.
RATES = """
INSERT INTO monitoring_bulletininput
    (bulletin_id, month, indicator, "window", subject_type, subject_code, subject_name,
     batch_code, year_no, category, numerator, denominator, row_count, county_id, city_id)
SELECT %(bulletin)s, %(month)s, %(indicator)s, 'ytd', %(level)s, {code}, max({name}), u.batch_code,
       u.year_no, '', sum(u.passed), sum(u.groups - u.no_agreement), sum(u.groups),
       {county}, {city}
FROM monitoring_assessedunit u
JOIN {table} s ON s.id = u.{column}
WHERE u.ends_on BETWEEN %(first)s AND %(last)s AND u.province_id = %(province)s
  AND u.groups > u.no_agreement
GROUP BY {code}, u.batch_code, u.year_no
ORDER BY {code}, u.batch_code, u.year_no
"""
REGION = "organisations_region"
LEVELS = (
    ("institution", "organisations_organisation", "institution_id", "max(u.county_id)", "max(u.city_id)"),
    ("county", REGION, "county_id", "max(u.county_id)", "max(u.city_id)"),
    ("city", REGION, "city_id", "NULL", "max(u.city_id)"),
    ("province", REGION, "province_id", "NULL", "NULL"),
)  # fmt: skip

NAMES = """
INSERT INTO monitoring_bulletinline
    (bulletin_id, line_no, rule, subject_type, subject_code, subject_name, batch_code, year_no,
     items, severity, measured, threshold, clause, remark, removed, removed_reason,
     organisation_id, county_id, city_id)
SELECT %(bulletin)s,
       %(after)s + row_number() OVER (ORDER BY u.city_id, u.county_id, o.code, u.batch_code, u.year_no),
       %(rule)s, 'institution', o.code, o.name, u.batch_code, u.year_no,
       u.incomplete + u.non_selected, 'orange',
       round(u.passed::numeric / (u.groups - u.no_agreement), 8), 1, %(clause)s,
       concat_ws('，',
           CASE WHEN u.incomplete > 0 THEN '未完成约定采购量 ' || u.incomplete || ' 个品种' END,
           CASE WHEN u.non_selected > 0 THEN '非中选占比超限 ' || u.non_selected || ' 个品种' END),
       false, '', o.id, u.county_id, u.city_id
FROM monitoring_assessedunit u
JOIN organisations_organisation o ON o.id = u.institution_id
WHERE u.ends_on BETWEEN %(first)s AND %(last)s AND u.province_id = %(province)s
  AND u.incomplete + u.non_selected > 0
"""


def ended_within(first: date, last: date, province_code: str) -> list[AgreementYear]:
    """Agreement years that ended in the period, of the province's batches and of those in which
    its units have agreements under another province's policy: their units are printed alike.
    """
    taking_part = AgreementLine.objects.filter(
        batch=OuterRef("batch"), year_no=OuterRef("year_no"), province__code=province_code
    )
    return list(
        AgreementYear.objects.select_related("batch")
        .filter(
            Q(batch__policy__province_code=province_code) | Exists(taking_part),
            ends_on__range=(first, last),
        )
        .order_by("ends_on", "batch__code", "year_no")
    )


def not_assessed(first: date, last: date, province_code: str) -> list[AgreementYear]:
    """Those of them that have no kept 年度考核."""
    ended = ended_within(first, last, province_code)
    there = set(
        YearAssessment.objects.filter(year__in=ended).values_list("year_id", flat=True)
    )  # fmt: skip
    return [each for each in ended if each.pk not in there]


def freeze_assessment(bulletin: Bulletin, after: int) -> tuple[int, int]:
    """Figures and names of the period's assessments, behind line `after`; how many of each."""
    marks: dict[str, Any] = {
        "bulletin": bulletin.pk, "first": bulletin.period_from, "last": bulletin.period_to,
        "month": months_of(bulletin.period_from, bulletin.period_to)[-1], "after": after,
        "province": bulletin.province_id, "indicator": ASSESSED_RATE, "rule": ASSESSED.rule,
        "clause": ASSESSMENT_CLAUSE,
    }  # fmt: skip
    figures = 0
    with connection.cursor() as cursor:
        for level, table, column, county, city in LEVELS:
            statement = RATES.format(
                code="s.code", name="s.name", table=table, column=column, county=county, city=city
            )
            cursor.execute(statement, marks | {"level": level})
            figures += cursor.rowcount
        cursor.execute(NAMES, marks)
        return figures, int(cursor.rowcount)
