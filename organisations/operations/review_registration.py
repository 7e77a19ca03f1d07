"""The bureau takes a registration up, accepts it, returns it with what to mend, or refuses it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from core.audit.record import record
from core.operations import operation
from core.pinyin import spell
from core.transitions import MissingInput, TransitionRefused
from organisations.models import Organisation, Registration, RegistrationStep, User
from organisations.operations.board import board
from organisations.operations.people import invite_person
from organisations.queries.registrations import (
    OBJECT_TYPE,
    registration_standings,
    why_taken,
)
from organisations.queries.scope import Scope
from organisations.states import REGISTRATION_MACHINE

REVIEWED_FIELDS = {
    "name": "名称",
    "credit_code": "统一社会信用代码",
    "code": "平台编码",
    "region": "所在地",
    "kind_details": "类别与等级",
    "address": "地址",
    "contact": "联系人",
    "admin": "管理员",
    "files": "证照",
}
"""The items on which a bureau may say what has to be mended."""


@operation
def take_registration(
    *, registration: Registration, by: User, scope: Scope, at: datetime, seen_version: int | None
) -> Registration:
    """受理: the bureau has begun; the applicant can no longer withdraw it."""
    return _step("take", "受理", registration, by, scope, at, seen_version, {})


@operation
def accept_registration(
    *, registration: Registration, by: User, scope: Scope, at: datetime, seen_version: int | None
) -> Registration:
    """The organisation and its first admin come to be in one step.

    The admin's one-time password is fetched by the applicant with the receipt, never shown here.
    Raises TransitionRefused where code, name or user name were taken meanwhile.
    """
    row = _step("accept", "通过", registration, by, scope, at, seen_version, {})
    _, reason = why_taken(credit_code=row.credit_code, code=row.code, name=row.name, but=row.pk)
    if reason:
        raise TransitionRefused(f"不能通过：{reason}")
    spelling = spell(row.name)
    organisation = Organisation(
        code=row.code, name=row.name, kind=row.kind, region=row.region, pool=row.pool,
        level=row.level, ownership=row.ownership, institution_kind=row.institution_kind,
        is_manufacturer=row.is_manufacturer, is_distributor=row.is_distributor,
        credit_code="" if row.code == row.credit_code else row.credit_code,
        pinyin=spelling.pinyin, initials=spelling.initials,
    )  # fmt: skip
    try:
        with transaction.atomic():
            organisation.save(force_insert=True)
        invite_person(
            organisation=organisation, username=row.admin_username, name=row.admin_name,
            phone=row.admin_phone, roles=["admin"], by=by, at=at,
        )  # fmt: skip
    except IntegrityError as error:
        raise TransitionRefused("该编码已被登记，请退回申请单位核对") from error
    except MissingInput as refusal:
        raise TransitionRefused(f"管理员用户名：{refusal.reason}。请退回申请单位补正") from refusal
    row.organisation = organisation
    row.save(update_fields=["organisation"])
    record(by=by, at=at, action="organisation.register", object_type="organisation",
           object_key=organisation.code, object_label=organisation.name,
           detail={"receipt_no": row.receipt_no})  # fmt: skip
    board().tell(
        organisation_id=organisation.pk, key=f"registered-{row.receipt_no}",
        title="注册申请已通过", body="请邀请本单位的经办、审核等人员。", url=reverse("people"), at=at,
    )  # fmt: skip
    return row


@operation
def return_registration(
    *,
    registration: Registration,
    review_note: str,
    findings: Mapping[str, str],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> Registration:
    """Back to the applicant with reasons by item; `findings` by the keys of REVIEWED_FIELDS."""
    said = {name: text.strip() for name, text in findings.items() if text.strip()}
    if set(said) - set(REVIEWED_FIELDS):
        raise MissingInput("findings", "逐项意见中有不认识的项目")
    return _step(
        "return", "退回补正", registration, by, scope, at, seen_version,
        {"review_note": review_note.strip()}, said,
    )  # fmt: skip


@operation
def refuse_registration(
    *,
    registration: Registration,
    review_note: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
) -> Registration:
    """For good, with the reason; the applicant may file anew."""
    note = {"review_note": review_note.strip()}
    return _step("refuse", "不予通过", registration, by, scope, at, seen_version, note)


def _step(
    verb: str,
    label: str,
    registration: Registration,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None,
    inputs: dict[str, Any],
    findings: dict[str, str] | None = None,
) -> Registration:
    row: Registration
    row, _ = REGISTRATION_MACHINE.perform(
        verb=verb, obj=registration, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda held: registration_standings(scope, held),
    )  # fmt: skip
    row.findings = findings or {}
    row.save(update_fields=["findings"])
    if verb != "take":
        board().take_away(object_type=OBJECT_TYPE, object_key=row.receipt_no, at=at)
    RegistrationStep.objects.create(
        registration=row, at=at, office=by.organisation.name, by_name=by.audit_name, verb=verb,
        label=label, text=inputs.get("review_note", ""), findings=findings or {},
    )  # fmt: skip
    return row
