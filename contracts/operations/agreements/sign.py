"""Sign an agreement for one's own side; with the third signature it comes into force."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse

from contracts.models import (
    Agreement,
    AgreementItem,
    AgreementSignature,
    PowerOfAttorney,
)
from contracts.operations.agreements.asking import ask_to_sign
from contracts.operations.agreements.sealing import blank_paper
from contracts.operations.agreements.session import (
    ask_after_signing,
    may_be_empowered,
    signer_of,
)
from contracts.queries.agreements import (
    PARTIES,
    Side,
    agreement_standings,
    sides,
    signed_already,
    text_digest,
    visible_agreements,
    waiting_for,
)
from contracts.queries.powers import holds_on
from contracts.rules.agreement import CLAUSE, SIGNER_ROLE, may_still_sign, signs
from contracts.states.agreement import AGREEMENT_MACHINE, CLOCK, SIGNER
from core.attachments.models import Attachment
from core.attachments.store import path_of
from core.operations import operation
from core.transitions import NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.models import BulkRun
from inbox.operations.bulk import choose_rows, confirm_run
from inbox.operations.notices import NewNotice, notify
from organisations.models import User
from organisations.operations.sign_document import sign_document
from organisations.queries.bulk_acts import act_named
from organisations.queries.scope import Scope

OBJECT_TYPE = AGREEMENT_MACHINE.name
POST = "负责人"
PARTY_WORDS = dict(PARTIES)

LINES = """
UPDATE contracts_agreementline l
SET agreement_id = a.id, distributor_id = a.distributor_id, agreed_qty = x.agreed_qty,
    price = x.price, ended_at = NULL,
    -- What was in force stays so without a break; what was not begins with this version.
    institution_signed_at = CASE WHEN w.held THEN l.institution_signed_at
                                 ELSE a.institution_signed_at END,
    manufacturer_signed_at = CASE WHEN w.held THEN l.manufacturer_signed_at
                                  ELSE a.manufacturer_signed_at END,
    distributor_signed_at = CASE WHEN w.held THEN l.distributor_signed_at
                                 ELSE a.distributor_signed_at END
FROM contracts_agreement a
JOIN contracts_agreementitem x ON x.agreement_id = a.id
JOIN LATERAL (
    SELECT h.id, h.ended_at IS NULL AND h.institution_signed_at IS NOT NULL
           AND h.manufacturer_signed_at IS NOT NULL AND h.distributor_signed_at IS NOT NULL AS held
    FROM contracts_agreementline h
    WHERE h.agreement_no = a.agreement_no AND h.product_id = x.product_id
) w ON TRUE
WHERE a.id = %s AND l.id = w.id
"""


@operation
def sign_agreement(
    *,
    agreement: Agreement,
    by: User,
    scope: Scope,
    at: datetime,
    seen_digest: str = "",
    seen_version: int | None = None,
) -> Agreement:
    """The leader signs with the organisation's certificate, for every side that it stands for.

    `seen_digest` is the text that the signer read: another text is refused, and so is one whose
    rows no longer have the digest that the head was made with. The PDF gets one more signature;
    the third one puts the version into force, writes the lines' three times and ends the version
    before. Raises NotYours, StaleVersion, TransitionRefused.
    """
    # A savepoint: what fails in the middle leaves neither a signature nor a file's row.
    with transaction.atomic():
        row = _locked(agreement)
        mine = sides(scope, row, empowered=may_be_empowered(scope))
        _refuse(row, mine, scope, at, seen_digest)
        if not mine:
            # Raises: nobody is a signer who stands for no side that waits.
            AGREEMENT_MACHINE.perform(
                verb="sign",
                obj=row,
                by=by,
                at=at,
                seen_version=seen_version,
                standings=lambda held: agreement_standings(scope, held),
            )
        for side in mine:
            row = _sign_one(row, side, by, scope, at, seen_version)
            seen_version = None
        if not waiting_for(row):
            row = _enter(row, by, at)
        ask_after_signing(
            batch_id=row.batch_id, year_no=row.year_no, at=at,
            among={scope.organisation_id, *(getattr(row, f"{s.party}_id") for s in mine)},
        )  # fmt: skip
    return row


@operation
def refuse_agreement(
    *,
    agreement: Agreement,
    refusal_reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> Agreement:
    """A side does not sign, and says why; the other two and the bureau are told.

    Raises NotYours, StaleVersion, MissingInput, TransitionRefused.
    """
    row = _locked(agreement)
    mine = sides(scope, row)
    moved: Agreement
    moved, _ = AGREEMENT_MACHINE.perform(
        verb="refuse", obj=row, by=by, at=at, seen_version=seen_version,
        inputs={"refusal_reason": refusal_reason.strip()},
        standings=lambda held: agreement_standings(scope, held),
    )  # fmt: skip
    moved.refused_party = mine[0].party
    moved.save(update_fields=["refused_party"])
    others = {
        pk
        for pk in (moved.institution_id, moved.manufacturer_id, moved.distributor_id)
        if pk is not None
    }
    words = f"{PARTY_WORDS[moved.refused_party]}拒签三方协议 {moved}：{moved.refusal_reason}"
    tell_parties(moved, sorted(others - {scope.organisation_id}), "refused", words, at)
    ask_to_sign(batch_id=moved.batch_id, year_no=moved.year_no, at=at, among=others)
    return moved


def tell_parties(
    agreement: Agreement, organisations: list[int], what: str, words: str, at: datetime
) -> None:
    """One notice each; the same thing is told once."""
    key = f"agreement-{agreement.pk}-{what}"
    url = reverse("agreement", args=[agreement.key])
    notify(
        notices=[NewNotice(pk, f"{key}-{pk}", words[:300], url=url) for pk in organisations],
        at=at,
    )


def latest_document(agreement: Agreement) -> Attachment | None:
    """The file with the newest signature; None before the first."""
    newest = (
        AgreementSignature.objects.filter(agreement=agreement)
        .select_related("document__file")
        .order_by("-signed_at", "-pk")
        .first()
    )
    return newest.document if newest else None


def _locked(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",))
    return rows.select_related("batch", "institution", "manufacturer", "distributor").get(
        pk=agreement.pk
    )


def _refuse(row: Agreement, mine: list[Side], scope: Scope, at: datetime, seen_digest: str) -> None:
    """Why this person cannot sign this text now; who is a party learns what has happened."""
    already = signed_already(scope, row)
    if not mine and not already:
        raise TransitionRefused.of(already)
    leader = signs(has_role=scope.has_role(SIGNER_ROLE), word="本单位")
    if mine and not leader:
        raise NotYours.of(leader)
    open_year = may_still_sign(on=shanghai_day(at), ends_on=row.ends_on)
    if mine and not open_year:
        raise TransitionRefused.of(open_year)
    if mine and (text_digest(row) != row.text_digest or seen_digest not in ("", row.text_digest)):
        raise StaleVersion("协议文本与您看到的不一致，没有签署：请刷新后核对文本再签", CLAUSE)


def _sign_one(
    row: Agreement, side: Side, by: User, scope: Scope, at: datetime, seen_version: int | None
) -> Agreement:
    moved: Agreement
    # The row is locked and `side` was found on it: nothing can have changed what the reader is.
    moved, _ = AGREEMENT_MACHINE.perform(
        verb="sign", obj=row, by=by, at=at, seen_version=seen_version,
        standings=lambda held: {SIGNER},
    )  # fmt: skip
    organisation, seal = signer_of(scope)
    number = side.power.power_no if side.power else ""
    words = f"依据授权书 {number} 代{row.institution.name}签署三方协议 {row}" if number else ""
    signed = sign_document(
        owner=row,
        owner_type=OBJECT_TYPE,
        pdf_of=lambda held: _paper_of(row, at),
        name=f"三方协议 {row.agreement_no} v{row.version}.pdf",
        field=side.party,
        organisation=organisation,
        reason=words or f"签署三方协议 {row}",
        by=by,
        at=at,
        post=POST,
        authority=number,
        seal=seal,
    )
    AgreementSignature.objects.create(
        agreement=row,
        party=side.party,
        organisation=organisation,
        power=side.power,
        signer_id=by.pk,
        signer_name=by.name,
        post=POST,
        certificate_serial=signed.certificate.serial,
        text_digest=row.text_digest,
        revision_digest=signed.sha256,
        document=signed.attachment,
        signed_at=at,
    )
    setattr(moved, f"{side.party}_signed_at", at)
    moved.save(update_fields=[f"{side.party}_signed_at"])
    return moved


def _paper_of(row: Agreement, at: datetime) -> bytes:
    """The file with the signatures so far, which must be the one kept; else the paper, unsigned."""
    newest = row.signatures.select_related("document__file").order_by("-signed_at", "-pk").first()
    if newest is not None:
        body: bytes = path_of(newest.document.file).read_bytes()
        if hashlib.sha256(body).hexdigest() != newest.revision_digest:
            raise TransitionRefused(
                "保存的协议文件与上一方签署时不一致，没有签署：请联系平台运维核对文件", CLAUSE
            )
        return body
    items = AgreementItem.objects.filter(agreement=row).select_related("product__group")
    return blank_paper(row, list(items.order_by("line_no")), agents_of(row, at), at)


def agents_of(row: Agreement, at: datetime) -> dict[str, str]:
    """Who signs for the institution by a power that holds today, as the paper names it."""
    found = PowerOfAttorney.objects.filter(
        holds_on(shanghai_day(at)), Q(batch_id__isnull=True) | Q(batch_id=row.batch_id),
        principal_id=row.institution_id,
    )  # fmt: skip
    power = found.select_related("agent").order_by("pk").first()
    if power is None:
        return {}
    return {"institution": f"授权{power.agent.name}代签（授权书 {power.power_no}）"}


def _enter(row: Agreement, by: User, at: datetime) -> Agreement:
    """The version before ends in the same moment in which this one begins."""
    before = Agreement.objects.filter(agreement_no=row.agreement_no, state="in_force").first()
    if before is not None:
        AGREEMENT_MACHINE.perform(
            verb="supersede", obj=before, by=by, at=at, standings=lambda held: {CLOCK}
        )
    moved: Agreement
    moved, _ = AGREEMENT_MACHINE.perform(
        verb="enter", obj=row, by=by, at=at, standings=lambda held: {CLOCK}
    )
    with connection.cursor() as cursor:
        cursor.execute(LINES, [row.pk])
    return moved


def sign_many(*, keys: Sequence[str], by: User, scope: Scope, at: datetime) -> BulkRun:
    """Sign up to five hundred as one act: few at once, more than ten as a job with progress.

    Raises MissingInput where none of them may be seen, NotYours for who is no leader.
    """
    act = act_named("agreement-sign")
    assert act is not None
    leader = signs(has_role=scope.has_role(SIGNER_ROLE), word="本单位")
    if not leader:
        raise NotYours.of(leader)
    wanted = {tuple(key.rpartition("~")[::2]) for key in keys}
    rows = visible_agreements(scope).filter(agreement_no__in=[number for number, _ in wanted])
    found = [
        pk
        for pk, number, version in rows.values_list("pk", "agreement_no", "version")
        if (number, str(version)) in wanted
    ]
    run = choose_rows(act=act, keys=sorted(found), scope=scope, by=by, at=at, back="")
    return confirm_run(run=run, values={}, scope=scope, by=by, at=at)
