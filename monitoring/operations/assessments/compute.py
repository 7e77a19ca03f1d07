"""Compute and keep the 年度考核 of one agreement year; run again it is made anew from the records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from catalog.models import AgreementYear
from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import TransitionRefused
from core.workdays.deadlines import shanghai_day
from monitoring.models import AssessedGroup, AssessedUnit, YearAssessment
from monitoring.operations.compute_month import Progress, Silent
from monitoring.queries.assessment import build_assessment, year_terms
from monitoring.states.assessment import ASSESSMENT_CLAUSE

GROUPS = """
INSERT INTO monitoring_assessedgroup
    (assessment_id, batch_code, year_no, ends_on, institution_id, group_id, passed, because,
     products, exempt, agreed, completed, unfinished, share_numerator, share_denominator,
     county_id, city_id, pool_id, province_id)
SELECT %(assessment)s, %(batch)s, %(year_no)s, %(ends_on)s, a.unit_id, a.group_id, a.passed,
       a.because, a.products, a.exempt, a.agreed, a.completed, a.incomplete, a.share_numerator,
       a.share_denominator, h.county_id, h.city_id, h.pool_id, h.province_id
FROM ind_assessment a
JOIN ind_home h ON h.unit_id = a.unit_id
ORDER BY h.province_id, h.city_id, h.county_id, a.unit_id, a.group_id
"""
# A group without an agreement was not assessed: it neither counts for nor against its unit.
UNITS = """
INSERT INTO monitoring_assessedunit
    (assessment_id, batch_code, year_no, ends_on, institution_id, groups, passed, no_agreement,
     incomplete, non_selected, exempt, entitled, county_id, city_id, pool_id, province_id)
SELECT assessment_id, batch_code, year_no, ends_on, institution_id, count(*),
       count(*) FILTER (WHERE passed), count(*) FILTER (WHERE because = 'no_agreement'),
       count(*) FILTER (WHERE because = 'incomplete'),
       count(*) FILTER (WHERE because = 'non_selected'), sum(exempt),
       bool_or(passed) AND NOT bool_or(because IN ('incomplete', 'non_selected')),
       max(county_id), max(city_id), max(pool_id), max(province_id)
FROM monitoring_assessedgroup
WHERE assessment_id = %(assessment)s
GROUP BY assessment_id, batch_code, year_no, ends_on, institution_id
ORDER BY max(province_id), max(city_id), max(county_id), institution_id
"""


@operation
def assess_year(
    *, year: AgreementYear, by: Actor, at: datetime, listener: Progress | None = None
) -> YearAssessment:
    """Judge every unit and group of the year and keep the judgement with its figures.

    The judgement is `monitoring.queries.assessment`, which 结余留用 rests on too. Two at once: the
    second waits and makes the same again. Raises TransitionRefused while the year still runs.
    """
    listener = listener or Silent()
    if year.ends_on >= shanghai_day(at):
        raise TransitionRefused(
            f"{year.batch.name}第 {year.year_no} 个采购年度至 {year.ends_on:%Y-%m-%d}，"
            "年度结束后方可考核",
            ASSESSMENT_CLAUSE,
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"assessment {year.pk}"]
        )
    terms = year_terms(year)
    former = YearAssessment.objects.select_for_update().filter(year=year).first()
    row = former or YearAssessment(year=year, revision=0)
    row.batch_code, row.year_no, row.ends_on = year.batch.code, year.year_no, year.ends_on
    row.share_max, row.clause = terms.share_max, terms.values["non_selected_share_max"].clause
    row.revision += 1
    row.computed_at, row.computed_by_id, row.computed_by_name = at, by.audit_id, by.audit_name
    row.units = row.groups = row.passed = 0
    row.save()
    listener.progress(0, 3, "汇总采购")
    with connection.cursor() as cursor:
        build_assessment(cursor, terms)
        listener.progress(1, 3, "逐品种判定")
        AssessedGroup.objects.filter(assessment=row).delete()
        AssessedUnit.objects.filter(assessment=row).delete()
        marks: dict[str, Any] = {
            "assessment": row.pk, "batch": row.batch_code, "year_no": row.year_no,
            "ends_on": row.ends_on,
        }  # fmt: skip
        cursor.execute(GROUPS, marks)
        row.groups = cursor.rowcount
        cursor.execute(UNITS, marks)
        row.units = cursor.rowcount
        cursor.execute(
            "SELECT count(*) FROM monitoring_assessedgroup WHERE assessment_id = %s AND passed",
            [row.pk],
        )
        row.passed = cursor.fetchone()[0]
    row.save(update_fields=["groups", "units", "passed"])
    listener.progress(2, 3, "登记")
    record(
        by=by, at=at, action="year_assessment.compute", object_type="year_assessment",
        object_key=row.pk, object_label=str(row), clause=ASSESSMENT_CLAUSE,
        detail={"units": row.units, "groups": row.groups, "passed": row.passed,
                "revision": row.revision},
    )  # fmt: skip
    return row
