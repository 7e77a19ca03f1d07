"""Sign a document that belongs to a row: under the row's lock, once per place, kept with its trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Protocol, TypeVar

from django.db.models import Model
from django.utils import timezone

from core.attachments.models import Attachment
from core.attachments.store import keep_made
from core.audit.record import Actor, record
from core.operations import operation
from core.signing import Credential, Stamp, seal_provider, sign_pdf
from core.transitions import TransitionRefused
from organisations.models import Organisation, OrganisationCertificate
from organisations.queries.certificates import certificate_in_use, credential_of

if TYPE_CHECKING:
    from pyhanko.sign.signers.pdf_cms import Signer

M = TypeVar("M", bound=Model)

NO_CERTIFICATE = (
    "{name}没有在用的签名证书，请机构管理员在“签名证书”页申领平台证书或上传本机构的证书后再签"
)


class Signatory(Actor, Protocol):
    """Who signs: an actor with the name that is read on the paper; a User is one."""

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Seal:
    """An organisation's certificate with its key opened; one serves hundreds of signatures."""

    certificate: OrganisationCertificate
    credential: Credential
    signer: Signer


@dataclass(frozen=True)
class Signed:
    """What was signed: the new file, its digest, and by which certificate."""

    attachment: Attachment
    pdf: bytes
    sha256: str
    certificate: OrganisationCertificate
    signed_at: datetime


def take_seal(organisation: Organisation, at: datetime) -> Seal:
    """Open the organisation's key; TransitionRefused where there is none or it has ended."""
    row = certificate_in_use(organisation)
    if row is None:
        raise TransitionRefused(NO_CERTIFICATE.format(name=organisation.name))
    _check_span(row, at)
    credential = credential_of(row)
    return Seal(row, credential, seal_provider().signer(credential))


@operation
def sign_document(
    *,
    owner: M,
    owner_type: str,
    pdf_of: Callable[[M], bytes],
    name: str,
    field: str,
    organisation: Organisation,
    reason: str,
    by: Signatory,
    at: datetime,
    post: str = "",
    authority: str = "",
    seal: Seal | None = None,
) -> Signed:
    """Lock `owner`, sign the field of its current PDF, keep the result as its attachment `name`.

    `pdf_of` gives the bytes to sign from the locked row, so that two parties that sign at once
    sign one after the other, each on top of the other. `post` is the signer's post (院长), `authority`
    the 授权书 where somebody signs for another organisation. The caller writes its own row in the
    same transaction. A job takes `seal` once (`take_seal`) and gives it to every call.
    Raises TransitionRefused: no certificate, ended, revoked meanwhile, field signed or missing.
    """
    locked: M = type(owner)._base_manager.select_for_update(of=("self",)).get(pk=owner.pk)
    used = seal or take_seal(organisation, at)
    current = OrganisationCertificate.objects.select_for_update(of=("self",)).get(
        pk=used.certificate.pk
    )
    if current.state != "active" or current.organisation_id != organisation.pk:
        raise TransitionRefused(
            f"签名证书{current.get_state_display()}，请刷新后用在用的证书重新签署"
        )
    _check_span(current, at)
    signed = sign_pdf(
        pdf_of(locked),
        field=field,
        credential=used.credential,
        reason=reason,
        at=at,
        stamp=stamp_of(organisation, by, at, post=post, authority=authority, serial=current.serial),
        signer=used.signer,
    )
    digest = sha256(signed).hexdigest()
    kept = keep_made(
        owner_type=owner_type, owner_id=locked.pk, name=name, body=BytesIO(signed),
        content_type="application/pdf", by=by, at=at,
    )  # fmt: skip
    record(
        by=by, at=at, action="document.sign", object_type=owner_type, object_key=locked.pk,
        object_label=str(locked), reason=reason,
        detail={"field": field, "organisation": organisation.code, "serial": current.serial,
                "sha256": digest, "post": post, "authority": authority},
    )  # fmt: skip
    return Signed(kept, signed, digest, current, at)


def stamp_of(
    organisation: Organisation,
    by: Signatory,
    at: datetime,
    *,
    post: str = "",
    authority: str = "",
    serial: str = "",
) -> Stamp:
    """What is read on the paper beside the signature."""
    lines = [f"签署人：{by.name}" + (f"（{post}）" if post else "")]
    if authority:
        lines.append(f"依据授权书：{authority}")
    lines.append(f"时间：{timezone.localtime(at):%Y-%m-%d %H:%M:%S}")
    if serial:
        lines.append(f"证书序列号：{serial}")
    return Stamp(organisation=organisation.name, lines=tuple(lines))


def _check_span(row: OrganisationCertificate, at: datetime) -> None:
    if not row.not_before <= at < row.not_after:
        raise TransitionRefused(
            f"签名证书已于 {timezone.localtime(row.not_after):%Y-%m-%d} 到期，"
            "请机构管理员在“签名证书”页申领或上传新证书后再签"
        )
