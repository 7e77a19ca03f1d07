"""Registration of an institution or an enterprise: filed by anybody, decided by its bureau."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.attachments.store import attach
from core.audit.record import Actor, SystemActor, record
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from organisations.models import Organisation, Region, Registration, RegistrationStep
from organisations.operations.board import board
from organisations.operations.passwords import set_one_time_password
from organisations.operations.sealed import keyed_digest
from organisations.queries.registrations import (
    OBJECT_TYPE,
    PER_HOUR,
    pool_of,
    registration_files,
    reviewing_bureau,
    too_many_from,
    username_is_taken,
    why_taken,
)
from organisations.rules import credit_code_verdict
from organisations.states import APPLICANT, REGISTRATION_MACHINE

_SIGNS = "ABCDEFGHJKLMNPQRTUWXY23456789"
APPLICANT_OFFICE = "申请单位"
NO_PROOFS = "请上传证照（营业执照、执业许可证或生产经营许可证的扫描件）"


@dataclass(frozen=True)
class Particulars:
    """What the form asks; for the fields see `Registration`."""

    kind: str
    name: str
    credit_code: str
    code: str
    region: Region
    address: str
    contact_name: str
    contact_phone: str
    admin_username: str
    admin_name: str
    admin_phone: str
    level: str = ""
    ownership: str = ""
    institution_kind: str = ""
    is_manufacturer: bool = False
    is_distributor: bool = False


@operation
def file_registration(
    *,
    particulars: Particulars,
    uploads: Sequence[UploadedFile],
    submits: bool,
    source_ip: str | None,
    at: datetime,
) -> tuple[Registration, str]:
    """A new registration and the code that opens it again, shown once; sent in where `submits`.

    Raises MissingInput naming the field, TransitionRefused when the address has filed too many.
    """
    if too_many_from(source_ip, at):
        raise TransitionRefused(
            f"同一来源地址一小时内最多提交 {PER_HOUR} 份注册申请，请稍后再试或联系当地医保局"
        )
    if submits and not uploads:
        raise MissingInput("files", NO_PROOFS)
    bureau = _check(particulars, but=None)
    edit_code = "".join(secrets.choice(_SIGNS) for _ in range(12))
    row = Registration(
        **fields_of(particulars),
        pool=pool_of(particulars.region) if particulars.kind == "institution" else None,
        receipt_no=_receipt_no(at),
        edit_digest=keyed_digest(edit_code),
        bureau=bureau,
        created_at=at,
        source_ip=source_ip,
        state_at=at,
        state_by_name=APPLICANT_OFFICE,
    )
    row.save(force_insert=True)
    by = _applicant(row)
    record(by=by, at=at, action="registration.file", object_type=OBJECT_TYPE,
           object_key=row.receipt_no, object_label=row.name)  # fmt: skip
    attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    return (_send_in(row, by, at) if submits else row), edit_code


@operation
def revise_registration(
    *,
    registration: Registration,
    particulars: Particulars,
    uploads: Sequence[UploadedFile],
    submits: bool,
    at: datetime,
) -> Registration:
    """The applicant changes a draft or what was returned, and sends it in where `submits`."""
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.state not in ("draft", "returned"):
        raise TransitionRefused(
            f"当前状态为“{row.get_state_display()}”，只有草稿和退回补正的申请可以修改"
        )
    bureau = _check(particulars, but=row.pk)
    for name, value in fields_of(particulars).items():
        setattr(row, name, value)
    row.pool = pool_of(particulars.region) if particulars.kind == "institution" else None
    row.bureau = bureau
    row.row_version += 1
    row.save()
    by = _applicant(row)
    record(by=by, at=at, action="registration.revise", object_type=OBJECT_TYPE,
           object_key=row.receipt_no, object_label=row.name)  # fmt: skip
    attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=uploads, by=by, at=at)
    return _send_in(row, by, at) if submits else row


@operation
def withdraw_registration(*, registration: Registration, at: datetime) -> Registration:
    """The applicant no longer wants it."""
    by = _applicant(registration)
    row: Registration
    row, _ = REGISTRATION_MACHINE.perform(
        verb="withdraw", obj=registration, by=by, at=at, standings=lambda held: {APPLICANT}
    )
    board().take_away(object_type=OBJECT_TYPE, object_key=row.receipt_no, at=at)
    _note(row, "withdraw", "撤回", APPLICANT_OFFICE, by, at)
    return row


@operation
def collect_first_password(*, registration: Registration, at: datetime) -> tuple[str, str]:
    """The first admin's user name and one-time password, for whoever has the receipt's edit code.

    Only until the admin has signed in for the first time: so the bureau never learns it.
    """
    row = Registration.objects.select_for_update().get(pk=registration.pk)
    if row.state != "accepted" or row.organisation is None:
        raise TransitionRefused("申请通过后才能领取管理员账号")
    person = row.organisation.users.filter(username=row.admin_username).first()
    if person is None or person.last_login is not None or not person.must_change_password:
        raise TransitionRefused("该账号已经启用，忘记口令请联系当地医保局或平台安全管理员重置")
    password = set_one_time_password(user=person, by=_applicant(row), at=at)
    return person.username, password


def edit_code_fits(registration: Registration, code: str) -> bool:
    """Whether this is the code that was shown when it was filed."""
    plain = "".join(code.split()).upper()
    return secrets.compare_digest(registration.edit_digest, keyed_digest(plain))


def fields_of(particulars: Particulars) -> dict[str, object]:
    """Field by field, the region as the object."""
    return dict(vars(particulars))


def _check(given: Particulars, but: int | None) -> Organisation:
    """The bureau that will review it; raises MissingInput for what cannot be."""
    verdict = credit_code_verdict(given.credit_code)
    if not verdict:
        raise MissingInput("credit_code", verdict.reason, verdict.clause)
    field, reason = why_taken(
        credit_code=given.credit_code, code=given.code, name=given.name, but=but
    )
    if reason:
        raise MissingInput(field, reason)
    if username_is_taken(given.admin_username):
        raise MissingInput("admin_username", "该用户名已被使用，请换一个")
    if given.kind == "enterprise" and not (given.is_manufacturer or given.is_distributor):
        raise MissingInput("is_manufacturer", "请至少选择生产企业或配送企业")
    if given.kind == "institution" and pool_of(given.region) is None:
        raise MissingInput("region", "该地区没有设立统筹区，请选择所在的县（市、区）")
    bureau = reviewing_bureau(given.kind, given.region)
    if bureau is None:
        raise MissingInput("region", "该地区没有可以受理的医保局，请联系省医保局")
    return bureau


def _send_in(row: Registration, by: Actor, at: datetime) -> Registration:
    """Proofs are needed; the bureau gets a task and the name is reserved from now on."""
    if not registration_files(row):
        raise MissingInput("files", NO_PROOFS)
    verb_label = "重新提交" if row.state == "returned" else "提交"
    try:
        with transaction.atomic():
            row, _ = REGISTRATION_MACHINE.perform(
                verb="submit", obj=row, by=by, at=at, standings=lambda held: {APPLICANT}
            )
    except IntegrityError as error:
        reason = "该代码的注册申请正在办理，请用回执号查询进度，不要重复提交"
        raise MissingInput("credit_code", reason) from error
    board().put(
        organisation_id=row.bureau_id, act="review_registration",
        title=f"审核注册申请：{row.name}", object_type=OBJECT_TYPE, object_key=row.receipt_no,
        url=reverse("registration", args=[row.receipt_no]), roles=("clerk", "reviewer"),
        due_at=None, at=at,
    )  # fmt: skip
    _note(row, "submit", verb_label, APPLICANT_OFFICE, by, at)
    return row


def _note(
    row: Registration, verb: str, label: str, office: str, by: Actor, at: datetime
) -> RegistrationStep:
    return RegistrationStep.objects.create(
        registration=row, at=at, office=office, by_name=by.audit_name, verb=verb, label=label,
        text=row.review_note if verb in ("return", "refuse") else "",
        findings=row.findings if verb == "return" else {},
    )  # fmt: skip


def _applicant(row: Registration) -> Actor:
    return SystemActor(f"{row.contact_name}（{row.name}注册申请）"[:150])


def _receipt_no(at: datetime) -> str:
    """Day and eight signs at random: it cannot be guessed from a neighbour's."""
    tail = "".join(secrets.choice(_SIGNS) for _ in range(8))
    return f"ZC{timezone.localtime(at):%Y%m%d}{tail}"
