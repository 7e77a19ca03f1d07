"""Draft a 惩戒案件, tell the enterprise what is meant to be done, or drop it before that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from catalog.models import Batch, Product, Selection
from catalog.queries.in_force import holds_on
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import Deadline, add_workdays, shanghai_day
from monitoring.models import SanctionCase, SupervisionAction
from monitoring.operations.sanctions.held import held, next_case_no, number_letter
from monitoring.operations.sanctions.letters import keep_letter
from monitoring.operations.sanctions.telling import OBJECT_TYPE, pass_on, tell
from monitoring.queries.sanction_cases import EVIDENCE, may_draft, sanction_standings
from monitoring.rules.credit_scale import CAUSES, scale_on
from monitoring.states.sanction_case import (
    SANCTION_CLAUSE,
    SANCTION_MACHINE,
    STATEMENT_WORKDAYS,
    SanctionKind,
)
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

LONGEST = timedelta(days=92)


@dataclass(frozen=True)
class NewSanction:
    """What an officer says when drafting; `amount` in yuan."""

    kind: str
    cause: str
    subject: Organisation
    occurred_on: date
    matter: str
    clause: str = SANCTION_CLAUSE
    batch: Batch | None = None
    product: Product | None = None
    amount: Decimal | None = None
    topmost: bool = False
    action: SupervisionAction | None = None


@operation
def draft_sanction(
    *,
    new: NewSanction,
    uploads: Sequence[UploadedFile] = (),
    by: User,
    scope: Scope,
    at: datetime,
) -> SanctionCase:
    """Open the case; only the province's bureau sees it until the notice.

    All of `new` was found among what the officer sees. Raises NotYours, MissingInput,
    TransitionRefused where the same selection has a case already.
    """
    if not may_draft(scope):
        raise NotYours("惩戒案件由省级医保局经办、审核或负责人立案", SANCTION_CLAUSE)
    _check(new, at)
    scale = scale_on(new.occurred_on).version if new.kind == SanctionKind.CREDIT else ""
    try:
        with transaction.atomic():
            row = SanctionCase.objects.create(
                case_no=next_case_no(at), kind=new.kind, cause=new.cause,
                office_id=scope.organisation_id, subject=new.subject,
                province_id=scope.province_id or 0, batch=new.batch, product=new.product,
                action=new.action, occurred_on=new.occurred_on, amount=new.amount,
                topmost=new.topmost, scale=scale, matter=new.matter.strip(),
                clause=new.clause.strip() or SANCTION_CLAUSE, drafted_at=at,
                drafted_by_id=by.audit_id, drafted_by_name=by.audit_name, state_at=at,
                state_by_id=by.audit_id, state_by_name=by.audit_name,
            )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused(
            "该产品在这个批次已有取消中选资格的案件，请在原案件上办理", SANCTION_CLAUSE
        ) from error
    attach(owner_type=EVIDENCE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    record(
        by=by, at=at, action="sanction_case.draft", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=row.case_no, clause=row.clause,
        detail={"kind": row.kind, "cause": row.cause, "scale": row.scale},
    )  # fmt: skip
    pass_on(case=row, at=at)
    return row


@operation
def notify_sanction(
    *,
    case: SanctionCase,
    proposal: str,
    proposed_grade: str = "",
    due_on: date | None = None,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SanctionCase:
    """Tell the enterprise by letter what is meant to be done and until when it may be heard.

    An empty `due_on` is five working days from today, and none is earlier. Raises NotYours,
    StaleVersion, TransitionRefused, MissingInput, PaperError.
    """
    row = held(case, "notify", scope, seen_version)
    if not proposal.strip():
        raise MissingInput("proposal", "请填写拟处理意见", SANCTION_CLAUSE)
    row.proposed_grade = check_grade(row, proposed_grade, "proposed_grade")
    due = _due(due_on, at)
    row.statement_due_on, row.due_provisional = due.day, due.provisional
    row.noticed_at, row.proposal = at, proposal.strip()
    number_letter(row, "notice", at)
    row.save()
    moved: SanctionCase
    moved, _ = SANCTION_MACHINE.perform(
        verb="notify", obj=row, by=by, at=at, inputs={"proposal": proposal.strip()},
        standings=lambda each: sanction_standings(scope, each),
    )  # fmt: skip
    keep_letter(moved, "notice", by, at)
    pass_on(case=moved, at=at)
    tell(
        case=moved, to=moved.subject_id, key="notice", urgent=True, at=at,
        title=f"{moved.get_kind_display()}事先告知",
        body=f"可于 {due.day:%Y-%m-%d} 前陈述申辩。{moved.proposal}",
    )  # fmt: skip
    return moved


@operation
def drop_sanction(
    *,
    case: SanctionCase,
    note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> SanctionCase:
    """Nothing was told yet: the case ends with its reason, and the enterprise never sees it."""
    moved: SanctionCase
    moved, _ = SANCTION_MACHINE.perform(
        verb="drop", obj=case, by=by, at=at, inputs={"note": note.strip()},
        seen_version=seen_version, standings=lambda each: sanction_standings(scope, each),
    )  # fmt: skip
    pass_on(case=moved, at=at)
    return moved


def check_grade(row: SanctionCase, grade: str, field: str) -> str:
    """A grade of the case's own scale; only credit cases have one."""
    if row.kind != SanctionKind.CREDIT:
        if grade:
            raise MissingInput(field, "只有信用评价评定失信等级，请清空", SANCTION_CLAUSE)
        return ""
    known = dict(scale_on(row.occurred_on).grades)
    if grade not in known:
        words = "、".join(known.values())
        raise MissingInput(
            field, f"请按{scale_on(row.occurred_on).title}选择等级：{words}", SANCTION_CLAUSE
        )
    return grade


def _due(due_on: date | None, at: datetime) -> Deadline:
    earliest = add_workdays(at, STATEMENT_WORKDAYS)
    if due_on is None:
        return earliest
    if not earliest.day <= due_on <= shanghai_day(at) + LONGEST:
        raise MissingInput(
            "due_on",
            f"陈述申辩期限不少于 {STATEMENT_WORKDAYS} 个工作日（最早 {earliest.day:%Y-%m-%d}），"
            "最长三个月",
            SANCTION_CLAUSE,
        )
    return Deadline(due_on, earliest.provisional)


def _check(new: NewSanction, at: datetime) -> None:
    if new.kind not in SanctionKind.values:
        raise MissingInput("kind", "请选择惩戒种类", SANCTION_CLAUSE)
    if new.cause not in dict(CAUSES):
        raise MissingInput("cause", "请选择事由类别", SANCTION_CLAUSE)
    if new.subject.kind != "enterprise":
        raise MissingInput("subject", "惩戒案件只对企业立案", SANCTION_CLAUSE)
    if not new.matter.strip():
        raise MissingInput("matter", "请填写事实和证据", SANCTION_CLAUSE)
    today = shanghai_day(at)
    if new.occurred_on > today:
        raise MissingInput("occurred_on", "行为发生日不能晚于今天", SANCTION_CLAUSE)
    if new.amount is not None and not Decimal(0) < new.amount < Decimal(10) ** 15:
        raise MissingInput("amount", "涉案金额应大于 0", SANCTION_CLAUSE)
    if new.product is not None and new.product.manufacturer_id != new.subject.pk:
        raise MissingInput("product", f"{new.product}不是该企业的产品", SANCTION_CLAUSE)
    if new.kind != SanctionKind.CREDIT and new.batch is None:
        raise MissingInput("batch", "请填写所依采购文件的批次", SANCTION_CLAUSE)
    if new.kind == SanctionKind.CANCEL:
        _check_selected(new, today)
    if new.action is not None and new.action.subject_id != new.subject.pk:
        raise MissingInput("action", "所依措施的对象不是该企业", SANCTION_CLAUSE)


def _check_selected(new: NewSanction, today: date) -> None:
    if new.product is None:
        raise MissingInput("product", "请填写拟取消中选资格的产品", SANCTION_CLAUSE)
    rows = Selection.objects.filter(holds_on(today), batch=new.batch, product=new.product)
    if not rows.exists():
        raise MissingInput(
            "product", "该产品在这个批次没有执行中的中选结果，不需要取消", SANCTION_CLAUSE
        )
