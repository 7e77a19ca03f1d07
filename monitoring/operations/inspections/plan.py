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
LONGEST_ITEM = 300


@dataclass(frozen=True)
class NewInspection:
    """What an officer plans. Without `items` the standard checklist of the side is taken."""

    subject: Organisation
    matter: str
    planned_on: date
    inspectors: str
    announced: bool = True
    items: Sequence[str] = ()
    action: SupervisionAction | None = None


@operation
def plan_inspection(*, new: NewInspection, by: User, scope: Scope, at: datetime) -> SiteInspection:
    """The organisation is told with day and checklist, unless the visit is unannounced.

    All of `new` was found among what the officer sees. Raises NotYours, MissingInput,
    TransitionRefused where the same visit is planned already.
    """
    if not may_propose(scope):
        raise NotYours("督导检查由医保局经办、审核或负责人组织", INSPECTION_CLAUSE)
    side = side_of(new.subject.kind)
    if not side:
        raise MissingInput("subject", "督导检查只对医疗机构和企业开展", INSPECTION_CLAUSE)
    _check(new, at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('monitoring_site_inspection_no')")
        number = f"DC{shanghai_day(at):%Y%m}-{cursor.fetchone()[0]:05d}"
    try:
        with transaction.atomic():
            made = SiteInspection.objects.create(
                inspection_no=number, level=scope.region_level, office_id=scope.organisation_id,
                subject=new.subject, matter=new.matter.strip(), action=new.action,
                clause=new.action.clause if new.action else INSPECTION_CLAUSE,
                announced=new.announced, planned_on=new.planned_on,
                inspectors=new.inspectors.strip(), planned_at=at, planned_by_name=by.audit_name,
                state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
                **stamps_of(new.subject, side, by.organisation),
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            f"{new.subject.name}这一天已有待检查的督导检查，请在该项上办理或另选日期",
            INSPECTION_CLAUSE,
        ) from error
    lines = [(words.strip(), "") for words in new.items if words.strip()] or [
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
        detail={"subject": new.subject.code, "on": f"{new.planned_on}", "items": len(lines),
                "announced": new.announced, "action": str(new.action or "")},
    )  # fmt: skip
    pass_on(inspection=made, at=at)
    if made.announced:
        tell(
            inspection=made, to=made.subject_id, key="plan", title="督导检查通知",
            body=f"{new.planned_on:%Y-%m-%d} 开展督导检查，请按检查内容准备材料", at=at,
        )  # fmt: skip
    return made


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


def _check(new: NewInspection, at: datetime) -> None:
    if not new.matter.strip():
        raise MissingInput("matter", "请填写检查事由", INSPECTION_CLAUSE)
    if not new.inspectors.strip():
        raise MissingInput("inspectors", "请填写检查人员", INSPECTION_CLAUSE)
    _check_day(new.planned_on, at)
    if len(new.items) > MOST_ITEMS:
        raise MissingInput("items", f"检查内容最多 {MOST_ITEMS} 项", INSPECTION_CLAUSE)
    for number, words in enumerate(new.items, start=1):
        if len(words.strip()) > LONGEST_ITEM:
            raise MissingInput(
                "items",
                f"第 {number} 项检查内容超过 {LONGEST_ITEM} 字，请分成几项",
                INSPECTION_CLAUSE,
            )
    if new.action is not None:
        if new.action.subject_id != new.subject.pk:
            raise MissingInput("action", "所依措施的对象不是被检查单位", INSPECTION_CLAUSE)
        if new.action.state not in ACTION_RUNNING:
            raise MissingInput(
                "action", f"所依措施{new.action.get_state_display()}，只能依在办的措施开展检查",
                INSPECTION_CLAUSE,
            )  # fmt: skip


def _check_day(planned_on: date | None, at: datetime) -> None:
    today = shanghai_day(at)
    if planned_on is None or not today <= planned_on <= today + FARTHEST:
        raise MissingInput("planned_on", "计划日期不早于今天，最晚一年之内", INSPECTION_CLAUSE)
