"""Make a task, and change it while it is a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from catalog.models import AgreementYear, Batch, Group, Selection
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation, Region, User
from organisations.queries.scope import Scope
from volumes.models import ReportTask, ReportTaskGroup, ReportTaskRegion
from volumes.queries.standings import opens_tasks, task_standings
from volumes.states.task import OPENER, TaskKind

OBJECT_TYPE = "report_task"
MOST_GROUPS = 1_000
LEVEL_ORDER = ("county", "city", "province")
NOT_YOURS = "报量任务由省级、市级医保局的经办、审核或负责人发起"


@dataclass(frozen=True)
class TaskValues:
    """What the office decides. Codes of groups: empty means all of the batch's selected products.

    `region_codes` limits the task to cities or counties of the own region; empty: all of it.
    Lists of kinds, ownerships and levels: empty asks everybody.
    """

    title: str
    batch_code: str
    year_no: int
    kind: str
    opens_at: datetime
    closes_at: datetime
    group_codes: Sequence[str] = ()
    region_codes: Sequence[str] = ()
    institution_kinds: Sequence[str] = ()
    ownerships: Sequence[str] = ()
    levels: Sequence[str] = ()
    others_may: bool = True
    split_by_manufacturer: bool = False
    review_levels: Sequence[str] = LEVEL_ORDER
    prior_from: date | None = None
    prior_to: date | None = None
    note: str = ""


@operation
def draft_task(*, values: TaskValues, by: User, scope: Scope, at: datetime) -> ReportTask:
    """A new task as a draft that only the own office sees. Raises NotYours or MissingInput."""
    if not opens_tasks(scope):
        raise NotYours(NOT_YOURS)
    bureau = by.organisation
    assert bureau.region_id is not None and scope.province_id is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('volumes_task_no')")
        number = cursor.fetchone()[0]
    task = ReportTask(
        task_no=f"BL{shanghai_day(at):%Y%m}-{number:04d}", organisation=bureau,
        region_id=bureau.region_id, city_id=scope.city_id, province_id=scope.province_id,
        created_at=at, created_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name,
    )  # fmt: skip
    _put(task, values, at)
    record(
        by=by, at=at, action="report_task.draft", object_type=OBJECT_TYPE, object_key=task.pk,
        object_label=task.title, detail={"task_no": task.task_no},
    )  # fmt: skip
    return task


@operation
def edit_task(
    *,
    task: ReportTask,
    values: TaskValues,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ReportTask:
    """Change a draft. Raises NotYours, StaleVersion, TransitionRefused once it is open."""
    row = ReportTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if OPENER not in task_standings(scope, row):
        raise NotYours(NOT_YOURS)
    if row.state != ReportTask.State.DRAFT:
        raise TransitionRefused("任务已发布，不能再改；需要变动的，可对个别单位延期")
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion("该任务已由他人修改，请刷新后再办理")
    row.row_version += 1
    _put(row, values, at)
    record(
        by=by, at=at, action="report_task.edit", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=row.title,
    )  # fmt: skip
    return row


def _put(task: ReportTask, values: TaskValues, at: datetime) -> None:
    batch = Batch.objects.filter(code=values.batch_code).first()
    if batch is None:
        raise MissingInput("batch_code", "没有这个批次，请核对批次代码")
    if not AgreementYear.objects.filter(batch=batch, year_no=values.year_no).exists():
        raise MissingInput("year_no", f"该批次没有第 {values.year_no} 采购年度，请核对")
    if values.kind not in TaskKind.values:
        raise MissingInput("kind", "请选择任务类别")
    if not values.title.strip():
        raise MissingInput("title", "请填写任务名称")
    if values.closes_at <= values.opens_at:
        raise MissingInput("closes_at", "截止时间须晚于开始时间")
    if values.closes_at <= at:
        raise MissingInput("closes_at", "截止时间已经过去，请填写将来的时间")
    levels = [level for level in LEVEL_ORDER if level in values.review_levels]
    if not levels:
        raise MissingInput("review_levels", "请至少选择一个审核层级")
    if task.city_id is not None and "province" in levels:
        raise MissingInput("review_levels", "市级发起的任务审核到市级为止，请去掉“省级”")
    first, last = _prior_year(batch, values)
    if last < first:
        raise MissingInput("prior_to", "上年实际的止日早于起日，请核对")
    if last - first > timedelta(days=366):
        raise MissingInput("prior_to", "上年实际的期间超过一年，请核对起止日期")
    task.title, task.batch, task.year_no = values.title.strip(), batch, values.year_no
    task.kind, task.opens_at, task.closes_at = values.kind, values.opens_at, values.closes_at
    task.institution_kinds = _known(
        "institution_kinds", values.institution_kinds, Organisation.InstitutionKind.values
    )
    task.ownerships = _known("ownerships", values.ownerships, Organisation.Ownership.values)
    task.levels = _known("levels", values.levels, Organisation.Level.values)
    task.others_may = values.others_may
    task.split_by_manufacturer = values.split_by_manufacturer
    task.review_levels, task.note = levels, values.note.strip()
    task.prior_from, task.prior_to = first, last
    groups, regions = _groups(batch, values.group_codes), _regions(task, values.region_codes)
    task.save()
    task.task_groups.all().delete()
    ReportTaskGroup.objects.bulk_create(
        ReportTaskGroup(task=task, group=group, position=place)
        for place, group in enumerate(groups, start=1)
    )
    task.task_regions.all().delete()
    ReportTaskRegion.objects.bulk_create(
        ReportTaskRegion(task=task, region=region) for region in regions
    )


def _known(field: str, given: Sequence[str], known: Sequence[str]) -> list[str]:
    strange = [each for each in given if each not in known]
    if strange:
        raise MissingInput(field, f"没有“{strange[0][:20]}”这一项，请重新选择")
    return [each for each in known if each in given]


def _prior_year(batch: Batch, values: TaskValues) -> tuple[date, date]:
    """As given; else the last whole twelve months before the window opens."""
    if values.prior_from and values.prior_to:
        return values.prior_from, values.prior_to
    if values.prior_from or values.prior_to:
        raise MissingInput("prior_to", "上年实际的起日和止日请都填，或都不填")
    opening = shanghai_day(values.opens_at).replace(day=1)
    return opening.replace(year=opening.year - 1), opening - timedelta(days=1)


def _groups(batch: Batch, codes: Sequence[str]) -> list[Group]:
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if not wanted:
        chosen = Selection.objects.filter(batch=batch, product__group__isnull=False)
        found = list(
            Group.objects.filter(pk__in=chosen.values("product__group_id")).order_by("code")
        )
        if not found:
            raise MissingInput("group_codes", "该批次还没有中选结果，请写明要报量的品种代码")
        return found
    if len(wanted) > MOST_GROUPS:
        raise MissingInput("group_codes", f"一个任务最多 {MOST_GROUPS} 个品种")
    by_code = {group.code: group for group in Group.objects.filter(code__in=wanted)}
    missing = [code for code in wanted if code not in by_code]
    if missing:
        raise MissingInput("group_codes", f"没有品种 {'、'.join(missing[:5])}，请核对品种代码")
    wrong = [code for code in wanted if by_code[code].category != batch.category]
    if wrong:
        raise MissingInput("group_codes", f"品种 {wrong[0]} 的类别与批次不同，请核对")
    return [by_code[code] for code in wanted]


def _regions(task: ReportTask, codes: Sequence[str]) -> list[Region]:
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if not wanted:
        return []
    found = {
        region.code: region
        for region in Region.objects.filter(code__in=wanted).select_related("parent")
    }
    for code in wanted:
        region = found.get(code)
        if region is None or not _inside(region, task):
            raise MissingInput("region_codes", f"{code[:10]} 不是本辖区的区划代码，请核对")
    return [found[code] for code in wanted]


def _inside(region: Region, task: ReportTask) -> bool:
    step: Region | None = region
    while step is not None:
        if step.pk == task.region_id:
            return region.level != Region.Level.PROVINCE
        step = step.parent
    return False
