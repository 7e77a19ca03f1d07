"""Open a task: whoever must report is listed with a state from the first day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse

from catalog.models import Batch
from catalog.queries.overrides import overrides_of
from core.operations import operation
from core.transitions import TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope
from policy.queries.read import PolicyValue, resolve, values_on
from volumes.models import MemberSheet, ReportTask, VolumeReport, VolumeReportLine
from volumes.operations.tasks.draft import LEVEL_ORDER
from volumes.queries.places import PLACES
from volumes.queries.standings import task_standings
from volumes.rules.window import moment
from volumes.states.task import TASK_MACHINE

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
POLICY_KEYS = ("report_drop_max", "report_rise_max", "commitment_letter", "consortium_reporting")


@operation
def open_task(
    *, task: ReportTask, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> ReportTask:
    """Publish it: policy values are written down, every obliged unit gets its report and 待办.

    Raises NotYours, StaleVersion, or TransitionRefused: nobody has to report, groups are asked for
    by another task or loaded already, a level of review has no bureau, the window is over.
    """
    row: ReportTask
    row, _ = TASK_MACHINE.perform(
        verb="open", obj=task, by=by, at=at, seen_version=seen_version,
        standings=lambda held: task_standings(scope, held),
    )  # fmt: skip
    # Two tasks of one batch at once: the later one sees the groups of the earlier.
    Batch.objects.select_for_update(of=("self",)).get(pk=row.batch_id)
    if row.closes_at <= at:
        raise TransitionRefused("截止时间已经过去，请先修改截止时间")
    _no_group_twice(row)
    _write_policy(row, at)
    units = _list_units(row, by, at)
    if not units:
        raise TransitionRefused("没有符合条件的医疗机构，请核对机构类型、性质、等级和范围")
    _no_review_gap(row)
    _ask_units(row, at)
    return row


@operation
def withdraw_task(
    *, task: ReportTask, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> ReportTask:
    """Give a draft up; it stays in the office's list."""
    row: ReportTask
    row, _ = TASK_MACHINE.perform(
        verb="withdraw", obj=task, by=by, at=at, seen_version=seen_version,
        standings=lambda held: task_standings(scope, held),
    )  # fmt: skip
    return row


def _no_group_twice(row: ReportTask) -> None:
    own = row.task_groups.values("group_id")
    other = (
        ReportTask.objects.filter(
            batch_id=row.batch_id, year_no=row.year_no, state__in=("open", "closed"),
            province_id=row.province_id, task_groups__group_id__in=own,
        )
        .exclude(pk=row.pk)
        .exclude(city_id__isnull=False, city_id__in=_other_city(row))
        .first()
    )  # fmt: skip
    if other is not None:
        raise TransitionRefused(
            f"有品种已在任务“{other.title}”（{other.task_no}）中报量，同一批次年度的品种不能重复报量"
        )
    loaded = VolumeReportLine.objects.filter(
        batch_id=row.batch_id, year_no=row.year_no, group_id__in=own, report__isnull=True,
        province_id=row.province_id,
    )  # fmt: skip
    if row.city_id is not None:
        loaded = loaded.filter(city_id=row.city_id)
    if loaded.exists():
        raise TransitionRefused("该批次年度已有导入的报量数据，不能再发起报量；请核对批次和年度")


def _other_city(row: ReportTask) -> list[int]:
    """Tasks of another city do not meet one of this city."""
    if row.city_id is None:
        return []
    others = ReportTask.objects.filter(city_id__isnull=False).exclude(city_id=row.city_id)
    return list(others.values_list("city_id", flat=True).distinct())


def _write_policy(row: ReportTask, at: datetime) -> None:
    """What the batch's policy says today, with its execution document on top."""
    day = shanghai_day(at)
    batch = Batch.objects.select_related("policy").get(pk=row.batch_id)
    values = resolve(values_on(batch.policy.code, day), overrides_of(batch.pk, day))
    drop, rise, letter, as_one = (values[key] for key in POLICY_KEYS)
    row.drop_max, row.rise_max = _number(drop), _number(rise)
    row.deviation_clause = drop.clause if drop.in_force else rise.clause if rise.in_force else ""
    row.letter_required = bool(_number(letter))
    row.letter_clause = letter.clause if row.letter_required else ""
    row.consortium_as_one = bool(_number(as_one))
    row.save(
        update_fields=[
            "drop_max", "rise_max", "deviation_clause", "letter_required", "letter_clause",
            "consortium_as_one",
        ]
    )  # fmt: skip


def _number(value: PolicyValue) -> Decimal | None:
    return value.number if value.in_force else None


def _list_units(row: ReportTask, by: User, at: datetime) -> int:
    terms: dict[str, Any] = {
        "task": row.pk, "task_no": row.task_no, "province": row.province_id, "city": row.city_id,
        "regions": list(row.task_regions.values_list("region_id", flat=True)),
        "kinds": row.institution_kinds, "ownerships": row.ownerships, "levels": row.levels,
        "as_one": row.consortium_as_one, "day": shanghai_day(at), "review": row.review_levels,
        "at": at, "by": by.audit_id, "by_name": by.audit_name,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(REPORTS, terms)
        made = int(cursor.rowcount)
        cursor.execute(SHEETS.replace("{places}", PLACES), terms)
    return made


def _no_review_gap(row: ReportTask) -> None:
    """A unit that nobody reviews could never be confirmed."""
    alone = VolumeReport.objects.filter(task=row, path=[]).select_related("institution").first()
    if alone is not None:
        words = "、".join({"county": "县级", "city": "市级", "province": "省级"}[each]
                         for each in LEVEL_ORDER if each in row.review_levels)  # fmt: skip
        raise TransitionRefused(
            f"{alone.institution.name}所在地没有可以审核的医保局（所选层级：{words}），请增加审核层级"
        )


def _ask_units(row: ReportTask, at: datetime) -> None:
    title, until = f"报量：{row.title}", f"{moment(row.opens_at)} 起，{moment(row.closes_at)} 截止"
    reports = list(VolumeReport.objects.filter(task=row).values_list("report_no", "institution_id"))
    sheets = list(
        MemberSheet.objects.filter(report__task=row).values_list(
            "pk", "institution_id", "report__report_no", "report__institution_id"
        )
    )
    # One address for all: looking up thousands of them costs more than writing them.
    report_page = reverse("volume-report", args=["-"])
    sheet_page = reverse("member-sheet", args=[0])
    task_page = reverse("report-task", args=[row.task_no])
    tasks = [
        NewTask(
            organisation_id=institution, act="fill_report", title=title,
            object_type="volume_report", object_key=number,
            url=report_page.replace("/-/", f"/{number}/"), due_at=row.closes_at, roles=("clerk",),
        )
        for number, institution in reports
    ]  # fmt: skip
    tasks += [
        NewTask(
            organisation_id=institution, act="fill_member_sheet",
            title=f"医共体成员填报：{row.title}", object_type="member_sheet", object_key=str(pk),
            url=sheet_page.replace("/0/", f"/{pk}/"), due_at=row.closes_at, roles=("clerk",),
        )
        for pk, institution, _, lead in sheets
    ]  # fmt: skip
    open_tasks(tasks=tasks, at=at)
    asked = {institution for _, institution in reports} | {each[1] for each in sheets}
    notify(
        notices=[
            NewNotice(
                organisation_id=institution, key=f"report_task:{row.task_no}:open:{institution}",
                title=f"报量任务已发布：{row.title}", body=f"{until}。{row.note}",
                url=task_page,
            )
            for institution in sorted(asked)
        ],
        at=at,
    )  # fmt: skip
