"""A new name or code, a merger, a closure: applied for, reviewed, in force from its day."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.attachments.store import attach
from core.audit.record import SystemActor, record
from core.operations import operation
from core.pinyin import spell
from core.transitions import MissingInput, TransitionRefused
from organisations.models import FormerName, Organisation, OrganisationChange, User
from organisations.operations.board import board
from organisations.queries.changes import (
    OBJECT_TYPE,
    bureau_for_change,
    change_standings,
    possible_successors,
)
from organisations.queries.scope import Scope
from organisations.rules import credit_code_verdict
from organisations.states import CALENDAR, CHANGE_MACHINE

CLOCK = SystemActor("定时任务")


@operation
def apply_for_change(
    *,
    organisation: Organisation,
    kind: str,
    effective_on: date,
    reason: str,
    uploads: Sequence[UploadedFile],
    new_name: str = "",
    new_code: str = "",
    successor_code: str = "",
    by: User,
    at: datetime,
) -> OrganisationChange:
    """The organisation's admin applies, with proof; its bureau gets the task.

    Raises MissingInput naming the field. The day may not lie in the past: months that have ended
    keep the names and organisations that they had.
    """
    if not uploads:
        raise MissingInput("files", "请上传批复、变更后的证照等证明材料")
    successor = checked_successor(
        organisation=organisation, kind=kind, effective_on=effective_on, new_name=new_name,
        new_code=new_code, successor_code=successor_code, at=at,
    )  # fmt: skip
    bureau = bureau_for_change(organisation)
    if bureau is None:
        raise TransitionRefused("没有可以受理的医保局，请联系省医保局")
    row = OrganisationChange(
        change_no=_change_no(at), organisation=organisation, kind=kind, old_name=organisation.name,
        old_code=_code_of(organisation), new_name=new_name if kind == "rename" else "",
        new_code=new_code if kind == "recode" else "", successor=successor,
        effective_on=effective_on, reason=reason, bureau=bureau, created_at=at,
        created_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise TransitionRefused("同一事项已有申请在办理，请等办结或撤回后再提交") from error
    attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    record(by=by, at=at, action="organisation_change.apply", object_type=OBJECT_TYPE,
           object_key=row.change_no, object_label=f"{organisation.name} {row.get_kind_display()}",
           reason=reason)  # fmt: skip
    ask_bureau(row=row, at=at)
    return row


@operation
def decide_change(
    *,
    change: OrganisationChange,
    verb: str,
    review_note: str = "",
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> OrganisationChange:
    """Accept, return, refuse, or the applicant's withdrawal. One whose day has come takes effect."""
    row: OrganisationChange
    row, _ = CHANGE_MACHINE.perform(
        verb=verb, obj=change, by=by, at=at, inputs={"review_note": review_note.strip()},
        seen_version=seen_version, standings=lambda held: change_standings(scope, held),
    )  # fmt: skip
    board().take_away(object_type=OBJECT_TYPE, object_key=row.change_no, at=at)
    if verb != "withdraw":
        board().tell(
            organisation_id=row.organisation_id, key=f"change-{row.change_no}-{row.row_version}",
            title=f"{row.get_kind_display()}申请：{row.get_state_display()}", body=row.review_note,
            url=reverse("organisation-change", args=[row.change_no]), at=at,
        )  # fmt: skip
    if row.state == "accepted" and row.effective_on <= timezone.localdate(at):
        return take_effect(change=row, at=at)
    return row


@operation
def take_effect(*, change: OrganisationChange, at: datetime) -> OrganisationChange:
    """On its day: the name or code of before goes to the history, or the organisation ends.

    Nothing dated earlier is touched: rows, figures and issued papers stay with whom and under
    what name they were. Raises TransitionRefused where the new code was taken meanwhile.
    """
    row: OrganisationChange
    row, _ = CHANGE_MACHINE.perform(
        verb="take_effect", obj=change, by=CLOCK, at=at, standings=lambda held: {CALENDAR}
    )
    organisation = Organisation.objects.select_for_update().get(pk=row.organisation_id)
    before = {"name": organisation.name, "code": organisation.code,
              "credit_code": organisation.credit_code}  # fmt: skip
    if row.kind in ("rename", "recode"):
        _keep_former(organisation, row)
    if row.kind == "rename":
        spelling = spell(row.new_name)
        organisation.name = row.new_name
        organisation.pinyin, organisation.initials = spelling.pinyin, spelling.initials
    elif row.kind == "recode" and organisation.kind == "enterprise":
        organisation.code = row.new_code
    elif row.kind == "recode":
        organisation.credit_code = row.new_code
    else:
        _close(organisation, row, at)
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        raise TransitionRefused("新代码已被其他机构登记，请退回核对") from error
    after = {"name": organisation.name, "code": organisation.code,
             "credit_code": organisation.credit_code}  # fmt: skip
    record(by=CLOCK, at=at, action=f"organisation.{row.kind}", object_type="organisation",
           object_key=organisation.code, object_label=organisation.name,
           detail={"change_no": row.change_no, "before": before, "after": after,
                   "successor": row.successor.code if row.successor else ""})  # fmt: skip
    return row


@operation
def take_due_effects(*, at: datetime) -> int:
    """Every accepted change whose day has come; one that cannot be does not hold up the others."""
    done = 0
    due = OrganisationChange.objects.filter(
        state="accepted", effective_on__lte=timezone.localdate(at)
    ).order_by("effective_on", "pk")
    for row in due:
        try:
            with transaction.atomic():
                take_effect(change=row, at=at)
            done += 1
        except TransitionRefused as refusal:
            record(by=CLOCK, at=at, action="organisation_change.stuck", outcome="refused",
                   object_type=OBJECT_TYPE, object_key=row.change_no, reason=refusal.reason)  # fmt: skip
    return done


def checked_successor(
    *,
    organisation: Organisation,
    kind: str,
    effective_on: date,
    new_name: str,
    new_code: str,
    successor_code: str,
    at: datetime,
) -> Organisation | None:
    """What an application may ask for; the organisation that a merger goes into.

    Raises MissingInput naming the field.
    """
    if effective_on < timezone.localdate(at):
        raise MissingInput("effective_on", "生效日期不能早于今天，已过去的月份保持原名称和归属")
    if kind == "rename" and (not new_name or new_name == organisation.name):
        raise MissingInput("new_name", "请填写与现名称不同的新名称")
    if kind == "recode":
        _check_new_code(organisation, new_code)
    if kind != "merger":
        return None
    successor = possible_successors(organisation).filter(code=successor_code).first()
    if successor is None:
        raise MissingInput("successor_code", "没有这个在用的同类机构，请核对承接机构的编码")
    return successor


def ask_bureau(*, row: OrganisationChange, at: datetime) -> None:
    """The application waits for the reviewers of its bureau."""
    board().put(
        organisation_id=row.bureau_id, act="review_change",
        title=f"审核机构变更：{row.organisation.name} {row.get_kind_display()}",
        object_type=OBJECT_TYPE, object_key=row.change_no,
        url=reverse("organisation-change", args=[row.change_no]), roles=("reviewer",),
        due_at=None, at=at,
    )  # fmt: skip


def _close(organisation: Organisation, row: OrganisationChange, at: datetime) -> None:
    """Its people are out at their next request, what waits goes to the successor."""
    successor: Organisation | None = row.successor
    if successor is not None and not successor.is_active:
        raise TransitionRefused("承接机构已停用，请退回核对")
    organisation.is_active = False
    organisation.closed_on = row.effective_on
    organisation.successor = successor
    moved = board().hand_over(
        from_id=organisation.pk, to_id=successor.pk if successor else None, at=at
    )
    if successor is not None:
        board().tell(
            organisation_id=successor.pk, key=f"merged-{row.change_no}",
            title=f"{organisation.name} 已并入本机构",
            body=f"其未办结的 {moved} 项待办已转来；其以前的记录可以查看。", url=reverse("home"), at=at,
        )  # fmt: skip


def _keep_former(organisation: Organisation, row: OrganisationChange) -> None:
    FormerName.objects.create(
        organisation=organisation, name=organisation.name, code=organisation.code,
        credit_code=organisation.credit_code, valid_to=row.effective_on, change_no=row.change_no,
        initials=organisation.initials,
    )  # fmt: skip


def _check_new_code(organisation: Organisation, code: str) -> None:
    verdict = credit_code_verdict(code)
    if not verdict:
        raise MissingInput("new_code", verdict.reason, verdict.clause)
    if code == _code_of(organisation):
        raise MissingInput("new_code", "新代码与现代码相同")
    known = Organisation.objects.filter(code=code).first()
    known = known or Organisation.objects.filter(credit_code=code).first()
    if known is not None:
        raise MissingInput("new_code", f"该代码已登记为“{known.name}”，请核对")


def _code_of(organisation: Organisation) -> str:
    """The code that a recode changes: an enterprise's own, an institution's 信用代码."""
    if organisation.kind == "enterprise":
        return str(organisation.code)
    return str(organisation.credit_code)


def _change_no(at: datetime) -> str:
    return f"BG{timezone.localtime(at):%Y%m%d}{secrets.token_hex(4).upper()}"
