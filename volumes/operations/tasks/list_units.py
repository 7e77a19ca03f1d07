"""Who must report in a task, and their reports and sheets from the first day; set-based."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from core.operations import operation
from core.transitions import TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from volumes.models import ReportTask
from volumes.queries.places import PLACES

NOBODY = "没有符合条件的医疗机构，请核对机构类型、性质、等级和范围"
# Members of consortia as of the opening day stand together; the lead reports for them.
UNITS = f"""
WITH place AS ({PLACES}),
ranged AS (
    SELECT o.id, o.ownership, o.institution_kind, o.level, pl.*, o.pool_id
    FROM organisations_organisation o
    JOIN place pl ON pl.region_id = o.region_id
    WHERE o.kind = 'institution' AND o.is_active
      AND pl.province_id = %(province)s AND (%(city)s::bigint IS NULL OR pl.city_id = %(city)s)
      AND (cardinality(%(regions)s::bigint[]) = 0
           OR pl.county_id = ANY(%(regions)s) OR pl.city_id = ANY(%(regions)s))
),
member AS (
    SELECT m.institution_id, m.consortium_id, c.lead_id
    FROM organisations_consortiummembership m
    JOIN organisations_consortium c ON c.id = m.consortium_id
    WHERE %(as_one)s AND m.valid_from <= %(day)s
      AND (m.valid_to IS NULL OR m.valid_to >= %(day)s)
),
asked AS (
    SELECT r.id FROM ranged r
    WHERE (cardinality(%(kinds)s::text[]) = 0 OR r.institution_kind = ANY(%(kinds)s))
      AND (cardinality(%(ownerships)s::text[]) = 0 OR r.ownership = ANY(%(ownerships)s))
      AND (cardinality(%(levels)s::text[]) = 0 OR r.level = ANY(%(levels)s))
),
office AS (
    SELECT DISTINCT region_id FROM organisations_organisation
    WHERE kind = 'bureau' AND is_active AND region_id IS NOT NULL
),
unit AS (
    SELECT coalesce(m.lead_id, a.id) AS institution_id, max(m.consortium_id) AS consortium_id
    FROM asked a LEFT JOIN member m ON m.institution_id = a.id
    GROUP BY 1
)
"""
REPORTS = f"""
{UNITS}
INSERT INTO volumes_volumereport
    (report_no, task_id, is_obliged, consortium_id, path, level, figures_version, figures_digest,
     figures_by_name, handed_in_by_name, endorsed_by_name, submitted_by_name, opinion, state,
     state_at, state_by_id, state_by_name, row_version,
     institution_id, county_id, city_id, province_id, pool_id)
SELECT %(task_no)s || '-' || o.code, %(task)s, TRUE, u.consortium_id,
       array_remove(ARRAY[
           CASE WHEN 'county' = ANY(%(review)s) AND bc.region_id IS NOT NULL THEN 'county' END,
           CASE WHEN 'city' = ANY(%(review)s) AND bt.region_id IS NOT NULL THEN 'city' END,
           CASE WHEN 'province' = ANY(%(review)s) AND bp.region_id IS NOT NULL THEN 'province' END], NULL),
       '', 0, '', '', '', '', '', '', 'not_started', %(at)s, %(by)s, %(by_name)s, 1,
       o.id, pl.county_id, pl.city_id, pl.province_id, o.pool_id
FROM unit u
JOIN organisations_organisation o ON o.id = u.institution_id
JOIN place pl ON pl.region_id = o.region_id
LEFT JOIN office bc ON bc.region_id = pl.county_id
LEFT JOIN office bt ON bt.region_id = pl.city_id
LEFT JOIN office bp ON bp.region_id = pl.province_id
ORDER BY o.code
"""
SHEETS = """
INSERT INTO volumes_membersheet
    (report_id, figures_version, figures_by_name, opinion, state, state_at, state_by_id,
     state_by_name, row_version, institution_id, county_id, city_id, province_id, pool_id)
SELECT v.id, 0, '', '', 'not_started', %(at)s, %(by)s, %(by_name)s, 1,
       o.id, pl.county_id, pl.city_id, pl.province_id, o.pool_id
FROM volumes_volumereport v
JOIN organisations_consortiummembership m ON m.consortium_id = v.consortium_id
 AND m.valid_from <= %(day)s AND (m.valid_to IS NULL OR m.valid_to >= %(day)s)
JOIN organisations_organisation o ON o.id = m.institution_id AND o.is_active
JOIN ({places}) pl ON pl.region_id = o.region_id
WHERE v.task_id = %(task)s
"""
COUNT = f"{UNITS} SELECT count(*) FROM unit"


def _terms(row: ReportTask, at: datetime, as_one: bool) -> dict[str, Any]:
    """Who is asked, for UNITS."""
    return {
        "province": row.province_id, "city": row.city_id,
        "regions": list(row.task_regions.values_list("region_id", flat=True)),
        "kinds": row.institution_kinds, "ownerships": row.ownerships, "levels": row.levels,
        "as_one": as_one, "day": shanghai_day(at),
    }  # fmt: skip


def count_units(row: ReportTask, at: datetime) -> int:
    """Institutions that the task asks, before consortia stand together."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, _terms(row, at, as_one=False))
        found = cursor.fetchone()
    if not found[0]:
        raise TransitionRefused(NOBODY)
    return int(found[0])


@operation
def list_units(*, row: ReportTask, by: User, at: datetime) -> int:
    """Write a report for every unit and a sheet for every member; gives the number of reports."""
    terms: dict[str, Any] = {
        **_terms(row, at, row.consortium_as_one), "task": row.pk, "task_no": row.task_no,
        "review": row.review_levels, "at": at, "by": by.audit_id, "by_name": by.audit_name,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(REPORTS, terms)
        made = int(cursor.rowcount)
        cursor.execute(SHEETS.replace("{places}", PLACES), terms)
    return made
