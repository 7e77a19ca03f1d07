"""承诺函: made as PDF from the frozen figures, signed on paper, kept with who stands for it."""

from __future__ import annotations

import io
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile

from core.attachments.models import StoredFile
from core.attachments.store import attach, keep_made, path_of
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.operations.sign_document import sign_document
from organisations.queries.scope import Scope
from volumes.documents.letter import SIGNATURE_FIELD, letter_pdf
from volumes.models import CommitmentLetter, VolumeReport
from volumes.operations.reports.moving import OBJECT_TYPE
from volumes.queries.figures import figures_digest
from volumes.queries.standings import letter_standings, report_standings
from volumes.states.letter import CLAUSE, LETTER_MACHINE, SIGNER, LetterKind, SignerPost
from volumes.states.report import LEADER

SCAN_KINDS = ("pdf", "jpg", "jpeg", "png")
FROZEN_STATES = ("hospital_review", "leader_review")
NOT_YOURS = "承诺函由填报单位的经办、审核或负责人办理"


@operation
def make_letter(
    *, report: VolumeReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> CommitmentLetter:
    """Make the PDF of the figures as they were put before the reviewer; an unsigned one is replaced.

    Raises NotYours, StaleVersion, TransitionRefused while figures may still change, or while a
    signed letter of the same figures stands.
    """
    row = _locked(report, scope, seen_version)
    if row.state not in FROZEN_STATES:
        raise TransitionRefused("送院内审核以后数字才固定，请先送审再生成承诺函", CLAUSE)
    if figures_digest(row) != row.figures_digest:
        raise TransitionRefused("报量数字与送审时不一致，请退回经办核对后重新送审", CLAUSE)
    standing = row.letters.exclude(state="void").first()
    if standing is not None and standing.state == CommitmentLetter.State.SIGNED:
        raise TransitionRefused("这一版数字的承诺函已经签署，不需要重新生成", CLAUSE)
    if standing is not None:
        return standing
    number = row.letters.count() + 1
    body = letter_pdf(row, number=number, at=at)
    document = keep_made(
        owner_type=OBJECT_TYPE, owner_id=row.pk, name=f"承诺函_{row.report_no}_{number}.pdf",
        body=io.BytesIO(body), content_type="application/pdf", by=by, at=at,
    )  # fmt: skip
    letter = CommitmentLetter.objects.create(
        report=row, letter_no=number, figures_version=row.figures_version,
        digest=row.figures_digest, document=document, made_at=at, made_by_name=by.audit_name,
        state_at=at, state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    _note(row, "letter_made", by, at, f"第 {number} 份")
    return letter


@operation
def sign_scanned(
    *,
    letter: CommitmentLetter,
    upload: UploadedFile | None,
    signer_name: str,
    signer_post: str,
    signed_on: date | None,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> CommitmentLetter:
    """Keep the scan of the paper with signature and seal, and who signed in which post.

    Raises NotYours, StaleVersion, MissingInput by field, or TransitionRefused for a letter that is
    void or of other figures than those that stand.
    """
    row = _locked(letter.report, scope, None)
    if not signer_name.strip():
        raise MissingInput("signer_name", "请填写签署人姓名", CLAUSE)
    if signer_post not in SignerPost.values:
        raise MissingInput("signer_post", "请选择签署人职务：院长或党委书记", CLAUSE)
    if signed_on is None:
        raise MissingInput("signed_on", "请填写签署日期", CLAUSE)
    if signed_on > shanghai_day(at):
        raise MissingInput("signed_on", "签署日期晚于今天，请核对", CLAUSE)
    if signed_on < shanghai_day(letter.made_at):
        raise MissingInput(
            "signed_on",
            f"签署日期早于承诺函生成日 {shanghai_day(letter.made_at):%Y-%m-%d}，请核对",
            CLAUSE,
        )
    if upload is None:
        raise MissingInput("files", "请选择签字盖章后的扫描件（PDF、JPG、PNG）", CLAUSE)
    if (upload.name or "").rsplit(".", 1)[-1].lower() not in SCAN_KINDS:
        raise MissingInput("files", "扫描件须是 PDF、JPG 或 PNG", CLAUSE)
    if letter.digest != row.figures_digest:
        raise TransitionRefused("承诺函对应的是另一版数字，请重新生成后再签署", CLAUSE)
    said = LETTER_MACHINE.verdict(
        LETTER_MACHINE.named("sign"), letter, letter_standings(scope, row)
    )
    if not said:
        raise TransitionRefused.of(said)
    [kept] = attach(owner_type=OBJECT_TYPE, owner_id=row.pk, uploads=[upload], by=by, at=at)
    if kept.file.scan == StoredFile.Scan.QUARANTINED:
        raise MissingInput("files", f"“{kept.name}”含有病毒，没有保存，请检查后重新选择")
    found = CommitmentLetter.objects.filter(pk=letter.pk)
    # The database asks that a signed letter names its signer in the same statement as its state.
    found.exclude(state="void").update(
        kind=LetterKind.SCANNED, signed_document=kept, signer_name=signer_name.strip(),
        signer_post=signer_post, signed_on=signed_on,
    )  # fmt: skip
    signed: CommitmentLetter
    signed, _ = LETTER_MACHINE.perform(
        verb="sign", obj=letter, by=by, at=at, seen_version=seen_version,
        standings=lambda held: letter_standings(scope, row),
    )  # fmt: skip
    words = f"{signer_name.strip()}（{SignerPost(signer_post).label}）{signed_on:%Y-%m-%d}"
    _note(row, "letter_signed", by, at, words)
    return signed


@operation
def sign_electronically(
    *,
    letter: CommitmentLetter,
    signer_post: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> CommitmentLetter:
    """The leader signs the PDF with the institution's certificate; the signature covers every byte.

    Raises NotYours for others than the leader, MissingInput without a post, StaleVersion, or
    TransitionRefused: no certificate in use, letter void or of other figures.
    """
    row = _locked(letter.report, scope, None)
    if LEADER not in report_standings(scope, row):
        raise NotYours("承诺函由填报单位的负责人（院长、党委书记）电子签署")
    if signer_post not in SignerPost.values:
        raise MissingInput("signer_post", "请选择签署人职务：院长或党委书记", CLAUSE)
    if letter.digest != row.figures_digest:
        raise TransitionRefused("承诺函对应的是另一版数字，请重新生成后再签署", CLAUSE)
    said = LETTER_MACHINE.verdict(
        LETTER_MACHINE.named("sign"), letter, letter_standings(scope, row)
    )
    if not said:
        raise TransitionRefused.of(said)
    document = letter.document
    signed = sign_document(
        owner=row, owner_type=OBJECT_TYPE,
        pdf_of=lambda held: path_of(document.file).read_bytes(),
        name=f"承诺函_{row.report_no}_{letter.letter_no}_已签.pdf", field=SIGNATURE_FIELD,
        organisation=by.organisation, reason=f"报量承诺函 {row.report_no}", by=by, at=at,
        post=str(SignerPost(signer_post).label),
    )  # fmt: skip
    CommitmentLetter.objects.filter(pk=letter.pk).exclude(state="void").update(
        kind=LetterKind.ELECTRONIC, signed_document=signed.attachment, signer_name=by.name,
        signer_post=signer_post, signed_on=shanghai_day(at),
        certificate_serial=signed.certificate.serial[:80],
    )  # fmt: skip
    found: CommitmentLetter
    found, _ = LETTER_MACHINE.perform(
        verb="sign", obj=letter, by=by, at=at, seen_version=seen_version,
        standings=lambda held: letter_standings(scope, row),
    )  # fmt: skip
    _note(row, "letter_signed", by, at, f"{by.name}（{SignerPost(signer_post).label}）电子签署")
    return found


def may_sign(scope: Scope, report: VolumeReport) -> None:
    """Raises NotYours for others than the unit's people."""
    if SIGNER not in letter_standings(scope, report):
        raise NotYours(NOT_YOURS)


def _locked(report: VolumeReport, scope: Scope, seen_version: int | None) -> VolumeReport:
    row = (
        VolumeReport.objects.select_for_update(of=("self",))
        .select_related("task__batch", "task__organisation", "institution")
        .get(pk=report.pk)
    )
    may_sign(scope, row)
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion("该报量已由他人更新，请刷新后再办理")
    return row


def _note(row: VolumeReport, action: str, by: User, at: datetime, words: str) -> None:
    record(
        by=by, at=at, action=f"volume_report.{action}", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=row.report_no, clause=CLAUSE, detail={"note": words},
    )  # fmt: skip
