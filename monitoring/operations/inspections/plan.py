"""Plan a 督导检查 with its checklist; change the day or call it off before the visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import IntegrityError, connection, transaction

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from monitoring.models import SiteInspection, SiteInspectionItem, SupervisionAction
from monitoring.operations.actions.propose import stamps_of
from monitoring.operations.inspections.held import held
from monitoring.operations.inspections.telling import OBJECT_TYPE, pass_on, tell
from monitoring.queries.actions import may_propose
from monitoring.queries.site_inspections import inspection_standings
from monitoring.rules.inspection import standard_checklist
from monitoring.states.action import RUNNING as ACTION_RUNNING
from monitoring.states.action_kinds import side_of
from monitoring.states.site_inspection import INSPECTION_CLAUSE, INSPECTION_MACHINE
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

FARTHEST = timedelta(days=366)
MOST_ITEMS = 40
MOST_SUBJECTS = 50
LONGEST_ITEM = 300


@dataclass(frozen=True)
class InspectionTask:
    """What an officer plans. Without `items` the standard checklist of each side is taken."""

    name: str
    subjects: Sequence[Organisation]
    matter: str
    planned_on: date
    inspectors: str
    announced: bool = True
    items: Sequence[str] = ()
    action: SupervisionAction | None = None


@operation
def plan_inspections(
    *, task: InspectionTask, by: User, scope: Scope, at: datetime
) -> list[SiteInspection]:
    """One inspection for each organisation of the task, all or none.

    Each is told with day and checklist, unless the visit is unannounced. All of `task` was found
    among what the officer sees. Raises NotYours, MissingInput, TransitionRefused where one is
    planned for that day already.
    """
    if not may_propose(scope):
        raise NotYours("督导检查由医保局经办、审核或负责人组织", INSPECTION_CLAUSE)
    subjects = list({each.pk: each for each in task.subjects}.values())
    _check(task, subjects, at)
    number = f"DR{_numbered(at)}"
    # A savepoint: a refusal of one leaves nothing of those before it.
    with transaction.atomic():
        made = [_plan(task, number, each, by, scope, at) for each in subjects]
    for row in made:
        pass_on(inspection=row, at=at)
        if row.announced:
            tell(
                inspection=row, to=row.subject_id, key="plan", title="督导检查通知",
                body=f"{row.planned_on:%Y-%m-%d} 开展“{row.task_name}”，请按检查内容准备材料", at=at,
            )  # fmt: skip
    return made


def _plan(
    task: InspectionTask, number: str, subject: Organisation, by: User, scope: Scope, at: datetime
) -> SiteInspection:
    side = side_of(subject.kind)
    try:
        with transaction.atomic():
            made = SiteInspection.objects.create(
                inspection_no=f"DC{_numbered(at)}", task_no=number, task_name=task.name.strip(),
                level=scope.region_level, office_id=scope.organisation_id, subject=subject,
                matter=task.matter.strip(), action=task.action,
                clause=task.action.clause if task.action else INSPECTION_CLAUSE,
                announced=task.announced, planned_on=task.planned_on,
                inspectors=task.inspectors.strip(), planned_at=at, planned_by_name=by.audit_name,
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
                **stamps_of(subject, side, by.organisation),
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            f"{subject.name}这一天已有待检查的督导检查，请在该项上办理或另选日期", INSPECTION_CLAUSE
        ) from error
    lines = [(words.strip(), "") for words in task.items if words.strip()] or [
        (line.matter, line.clause) for line in standard_checklist(side)
    ]
    SiteInspectionItem.objects.bulk_create(
        [
            SiteInspectionItem(inspection=made, seq=seq, matter=matter, clause=clause)
            for seq, (matter, clause) in enumerate(lines, start=1)
        ]
    )
    record(
        by=by, at=at, action="site_inspection.plan", object_type=OBJECT_TYPE, object_key=made.pk,
        object_label=made.inspection_no, clause=made.clause,
        detail={"task": number, "subject": subject.code, "on": f"{task.planned_on}",
                "items": len(lines), "announced": task.announced, "action": str(task.action or "")},
    )  # fmt: skip
    return made


def _numbered(at: datetime) -> str:
    """202611-00012, of tasks and inspections alike."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_site_inspection_no')")
        return f"{shanghai_day(at):%Y%m}-{cursor.fetchone()[0]:05d}"


@operation
def change_plan(
    *,
    inspection: SiteInspection,
    verb: str,
    note: str,
    planned_on: date | None = None,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SiteInspection:
    """`reschedule` to another day or `cancel`, with the reason.

    Raises NotYours, StaleVersion, TransitionRefused, MissingInput.
    """
    row = held(inspection, verb, scope, seen_version)
    if verb == "reschedule":
        _check_day(planned_on, at)
        assert planned_on is not None
        if planned_on == row.planned_on:
            raise MissingInput("planned_on", "日期没有变化，请填写新的日期", INSPECTION_CLAUSE)
        row.planned_on = planned_on
        try:
            with transaction.atomic():
                row.save(update_fields=["planned_on"])
        except IntegrityError as error:
            raise TransitionRefused(
                "该单位这一天已有待检查的督导检查，请另选日期", INSPECTION_CLAUSE
            ) from error
    moved: SiteInspection
    moved, _ = INSPECTION_MACHINE.perform(
        verb=verb, obj=row, by=by, at=at, inputs={"note": note.strip()},
        standings=lambda each: inspection_standings(scope, each),
    )  # fmt: skip
    pass_on(inspection=moved, at=at)
    if moved.announced:
        day = f"改在 {moved.planned_on:%Y-%m-%d}：" if verb == "reschedule" else ""
        tell(
            inspection=moved, to=moved.subject_id, key=f"{verb}-{moved.row_version}",
            title=f"督导检查{INSPECTION_MACHINE.named(verb).label}", body=f"{day}{moved.note}", at=at,
        )  # fmt: skip
    return moved


def _check(task: InspectionTask, subjects: Sequence[Organisation], at: datetime) -> None:
    _check_subjects(subjects)
    for name, words, label in (
        ("name", task.name, "任务名称"),
        ("matter", task.matter, "检查事由"),
        ("inspectors", task.inspectors, "检查人员"),
    ):
        if not words.strip():
            raise MissingInput(name, f"请填写{label}", INSPECTION_CLAUSE)
    _check_day(task.planned_on, at)
    _check_items(task.items)
    if task.action is not None:
        if {each.pk for each in subjects} != {task.action.subject_id}:
            raise MissingInput(
                "action", "所依措施的对象不是被检查单位；依措施检查的一次一家", INSPECTION_CLAUSE
            )
        if task.action.state not in ACTION_RUNNING:
            raise MissingInput(
                "action",
                f"所依措施{task.action.get_state_display()}，只能依在办的措施开展检查",
                INSPECTION_CLAUSE,
            )


def _check_subjects(subjects: Sequence[Organisation]) -> None:
    if not subjects:
        raise MissingInput("subjects", "请填写被检查单位", INSPECTION_CLAUSE)
    if len(subjects) > MOST_SUBJECTS:
        raise MissingInput(
            "subjects", f"一次任务最多 {MOST_SUBJECTS} 家单位，请分开制定", INSPECTION_CLAUSE
        )
    for each in subjects:
        if not side_of(each.kind):
            raise MissingInput(
                "subjects", f"{each.name}：督导检查只对医疗机构和企业开展", INSPECTION_CLAUSE
            )


def _check_items(items: Sequence[str]) -> None:
    if len(items) > MOST_ITEMS:
        raise MissingInput("items", f"检查内容最多 {MOST_ITEMS} 项", INSPECTION_CLAUSE)
    for number, words in enumerate(items, start=1):
        if len(words.strip()) > LONGEST_ITEM:
            raise MissingInput(
                "items",
                f"第 {number} 项检查内容超过 {LONGEST_ITEM} 字，请分成几项",
                INSPECTION_CLAUSE,
            )


def _check_day(planned_on: date | None, at: datetime) -> None:
    today = shanghai_day(at)
    if planned_on is None or not today <= planned_on <= today + FARTHEST:
        raise MissingInput("planned_on", "计划日期不早于今天，最晚一年之内", INSPECTION_CLAUSE)
