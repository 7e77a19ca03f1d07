"""Open a task: whoever must report is listed with a state from the first day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from catalog.models import Batch
from catalog.queries.overrides import overrides_of
from core.operations import operation
from core.transitions import TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope
from policy.queries.read import PolicyValue, resolve, values_on
from volumes.models import ReportTask, VolumeReport, VolumeReportLine
from volumes.operations.agreed.compute import Listener
from volumes.operations.tasks.ask_units import ask_units
from volumes.operations.tasks.draft import LEVEL_ORDER
from volumes.operations.tasks.list_units import NOBODY, list_units
from volumes.queries.standings import task_standings
from volumes.states.task import TASK_MACHINE

POLICY_KEYS = ("report_drop_max", "report_rise_max", "commitment_letter", "consortium_reporting")


class Unheard:
    """Progress that nobody follows."""

    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None: ...


@operation
def open_task(
    *,
    task: ReportTask,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
    listener: Listener | None = None,
) -> ReportTask:
    """Publish it: policy values are written down, every obliged unit gets its report and 待办.

    Raises NotYours, StaleVersion, or TransitionRefused: nobody has to report, groups are asked for
    by another task or loaded already, a level of review has no bureau, the window is over.
    """
    told = listener or Unheard()
    row: ReportTask
    row, _ = TASK_MACHINE.perform(
        verb="open", obj=task, by=by, at=at, seen_version=seen_version,
        standings=lambda held: task_standings(scope, held),
    )  # fmt: skip
    # Two tasks of one batch at once: the later one sees the groups of the earlier.
    Batch.objects.select_for_update(of=("self",)).get(pk=row.batch_id)
    may_open(row, at)
    _write_policy(row, at)
    told.progress(0, None, "列出须报单位")
    units = list_units(row=row, by=by, at=at)
    if not units:
        raise TransitionRefused(NOBODY)
    _no_review_gap(row)
    told.progress(0, units, "发出待办和通知")
    ask_units(row=row, at=at)
    told.progress(units, units)
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


def may_open(row: ReportTask, at: datetime) -> None:
    """Raise TransitionRefused where the window is over or a group is asked for already."""
    if row.closes_at <= at:
        raise TransitionRefused("截止时间已经过去，请先修改截止时间")
    _no_group_twice(row)


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


def _no_review_gap(row: ReportTask) -> None:
    """A unit that nobody reviews could never be confirmed."""
    alone = VolumeReport.objects.filter(task=row, path=[]).select_related("institution").first()
    if alone is not None:
        words = "、".join({"county": "县级", "city": "市级", "province": "省级"}[each]
                         for each in LEVEL_ORDER if each in row.review_levels)  # fmt: skip
        raise TransitionRefused(
            f"{alone.institution.name}所在地没有可以审核的医保局（所选层级：{words}），请增加审核层级"
        )
