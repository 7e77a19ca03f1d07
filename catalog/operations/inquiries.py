"""函询: ask an enterprise about a price or a shortage, answered with evidence by a day (S0-二(六)b)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone

from catalog.models import Inquiry, InquiryStep, Product
from catalog.operations.maximum_prices import require_officer
from catalog.queries.listing_cases import INQUIRY_TYPE, inquiry_standings
from catalog.queries.listings import ACTING_ROLES
from catalog.states.listing_case import INQUIRY_MACHINE
from core.attachments.store import attach
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput
from core.workdays.deadlines import add_workdays
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope

CLAUSE = "S0-二(六)b"
MAX_WORKDAYS = 60


@operation
def send_inquiry(
    *,
    product: Product,
    subject: str,
    question: str,
    workdays: int,
    uploads: Sequence[UploadedFile] = (),
    clause: str = "",
    by: User,
    scope: Scope,
    at: datetime,
) -> Inquiry:
    """Ask the product's manufacturer; its answer is due on the last of `workdays` working days."""
    require_officer(scope)
    if subject not in Inquiry.Subject.values:
        raise MissingInput("subject", "请选择函询事由")
    if not question.strip():
        raise MissingInput("question", "请填写函询内容：哪些数据有疑问，要求提供什么材料")
    if not 1 <= workdays <= MAX_WORKDAYS:
        raise MissingInput("workdays", f"答复期限为 1 至 {MAX_WORKDAYS} 个工作日")
    due = add_workdays(at, workdays)
    row = Inquiry.objects.create(
        inquiry_no=f"HX{timezone.localtime(at):%Y%m%d}{secrets.token_hex(4).upper()}",
        product=product, enterprise=product.manufacturer, office_id=scope.organisation_id,
        subject=subject, question=question.strip(), clause=clause.strip() or CLAUSE,
        due_on=due.day, due_provisional=due.provisional, sent_at=at, sent_by_name=by.audit_name,
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    attach(owner_type=INQUIRY_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    _write_step(row, "send", "", by, at, row.question)
    _put(row, row.enterprise_id, "answer_inquiry", "答复函询", at)
    _tell(row, row.enterprise_id, f"收到函询，请在 {due.day:%Y-%m-%d} 前答复", at)
    record(
        by=by, at=at, action="price_inquiry.send", object_type=INQUIRY_TYPE,
        object_key=row.inquiry_no, object_label=str(product), clause=row.clause,
        reason=row.question, detail={"product": product.code, "due_on": f"{due.day}"},
    )  # fmt: skip
    return row


@operation
def answer_inquiry(
    *,
    inquiry: Inquiry,
    answer: str,
    uploads: Sequence[UploadedFile],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Inquiry:
    """The enterprise answers, with its papers; the office has to look at it. Late is still taken."""
    row = _step("answer", inquiry, by, scope, at, seen_version, {"answer": answer.strip()})
    row.answered_at, row.answered_by_name = at, by.audit_name
    row.save(update_fields=["answered_at", "answered_by_name"])
    attach(owner_type=INQUIRY_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    _put(row, row.office_id, "review_inquiry", "核实函询答复", at)
    _tell(row, row.office_id, "企业已答复函询，请核实", at)
    return row


@operation
def settle_inquiry(
    *,
    inquiry: Inquiry,
    verb: str,
    closing_note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Inquiry:
    """The office closes it, or returns it for more; returned, the enterprise has the task again."""
    note = {"closing_note": closing_note.strip()}
    row = _step(verb, inquiry, by, scope, at, seen_version, note)
    if verb == "return":
        _put(row, row.enterprise_id, "answer_inquiry", "补充函询答复", at)
    _tell(row, row.enterprise_id, f"函询{row.get_state_display()}", at)
    return row


def _step(
    verb: str,
    inquiry: Inquiry,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
    inputs: dict[str, str],
) -> Inquiry:
    row: Inquiry
    row, before = INQUIRY_MACHINE.perform(
        verb=verb, obj=inquiry, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda held: inquiry_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=INQUIRY_TYPE, object_keys=[row.inquiry_no], at=at)
    _write_step(row, verb, before, by, at, "".join(inputs.values()))
    return row


def _write_step(row: Inquiry, verb: str, before: str, by: User, at: datetime, text: str) -> None:
    InquiryStep.objects.create(
        inquiry=row, at=at, by_id=by.audit_id, by_name=by.name,
        organisation_name=by.audit_organisation_name, verb=verb, from_state=before,
        to_state=row.state, text=text,
    )  # fmt: skip


def _put(row: Inquiry, organisation_id: int, act: str, title: str, at: datetime) -> None:
    due = add_workdays(row.due_on, 0).ends_at if act == "answer_inquiry" else None
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=organisation_id, act=act,
                title=f"{title}：{row.product}（{row.inquiry_no}）", object_type=INQUIRY_TYPE,
                object_key=row.inquiry_no, url=inquiry_url(row), due_at=due, roles=ACTING_ROLES,
            )
        ],
        at=at,
    )  # fmt: skip


def _tell(row: Inquiry, organisation_id: int, title: str, at: datetime) -> None:
    notify(
        notices=[
            NewNotice(
                organisation_id=organisation_id,
                key=f"inquiry-{row.inquiry_no}-{row.row_version}-{organisation_id}",
                title=f"{title}（{row.inquiry_no}）", url=inquiry_url(row),
            )
        ],
        at=at,
    )  # fmt: skip


def inquiry_url(row: Inquiry) -> str:
    return reverse("inquiry-detail", args=[row.inquiry_no])
