"""Signing certificates: the platform's own authority, those that organisations bring, their end."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.db import IntegrityError, transaction

from core.audit.record import Actor, record
from core.operations import operation
from core.signing import (
    BadCertificate,
    Identity,
    Subject,
    UnreadableKey,
    issue_leaf,
    make_root,
    open_key,
    read_brought,
    root_of,
    seal_key,
)
from core.transitions import MissingInput, TransitionRefused
from organisations.models import Organisation, OrganisationCertificate, TrustAnchor
from organisations.operations.board import board
from organisations.queries.certificates import OBJECT_TYPE, built_in_root, certificate_standings
from organisations.queries.scope import Scope
from organisations.states import CALENDAR, CERTIFICATE_MACHINE

CLAUSE_SIGNATURE = "《电子签名法》第十三条"
LARGEST_ROOT_BYTES = 64 * 1024


@operation
def make_signing_root(*, name: str, by: Actor, at: datetime) -> TrustAnchor:
    """The root of the platform's own authority; the one there is where it was made before."""
    existing = built_in_root()
    if existing is not None:
        return existing
    issued = make_root(name=name, at=at)
    row = _anchor(issued.certificate, name=name, reason="平台内置证书机构", by=by, at=at)
    row.source = TrustAnchor.Source.BUILT_IN
    row.key_sealed = seal_key(Identity(issued.key, issued.certificate))
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise TransitionRefused("另一进程刚建立了内置根证书，请重试") from error
    _record_anchor("trust_anchor.add", row, by, at, row.reason)
    return row


@operation
def issue_certificate(
    *, organisation: Organisation, by: Actor, at: datetime
) -> OrganisationCertificate:
    """A certificate of the platform's own authority for an organisation; the one in use is replaced.

    Raises TransitionRefused where the authority was not made or has ended.
    """
    root = built_in_root()
    if root is None:
        raise TransitionRefused(
            "平台没有启用内置证书机构，请上传证书机构颁发的证书，或请系统管理员执行 make_signing_ca"
        )
    if root.not_after <= at:
        raise TransitionRefused("平台内置根证书已到期，请联系系统管理员")
    try:
        identity = open_key(bytes(root.key_sealed))
    except UnreadableKey as error:
        raise TransitionRefused(
            "内置证书机构的私钥打不开：SIGNING_KEY_PASSPHRASE 与建立时不同，请系统管理员核对后重试"
        ) from error
    assert isinstance(identity.key, ec.EllipticCurvePrivateKey)
    subject = Subject(organisation.name, organisation.credit_code or organisation.code)
    issued = issue_leaf(root=identity.certificate, root_key=identity.key, subject=subject, at=at)
    return _put_in_use(
        Identity(issued.key, issued.certificate), organisation=organisation, anchor=root,
        source=OrganisationCertificate.Source.BUILT_IN, by=by, at=at,
    )  # fmt: skip


@operation
def take_certificate(
    *, organisation: Organisation, content: bytes, password: str, by: Actor, at: datetime
) -> OrganisationCertificate:
    """The organisation's own PKCS#12, with its key, put in use; the one in use is replaced.

    Raises BadCertificate with field `file` or `password`: wrong password, damaged, expired, not
    for signing, of somebody else, or leading to no trusted root. Nothing is written then.
    """
    identity = read_brought(content, password, at)
    _check_subject(identity.certificate, organisation)
    anchors = {
        bytes(each.certificate): each
        for each in TrustAnchor.objects.filter(withdrawn_at__isnull=True)
    }
    root = root_of(
        identity.certificate.public_bytes(Encoding.DER),
        [each.public_bytes(Encoding.DER) for each in identity.chain],
        anchors,
        at=at,
    )
    if root is None:
        issuer = name_text(identity.certificate.issuer)
        raise BadCertificate(
            "file",
            f"颁发者“{issuer}”不在平台信任的根证书之列，或文件中缺少中间证书；"
            "请导出时包含全部证书，仍不行的请联系安全管理员",
            CLAUSE_SIGNATURE,
        )
    return _put_in_use(
        identity, organisation=organisation, anchor=anchors[root],
        source=OrganisationCertificate.Source.UPLOADED, by=by, at=at,
    )  # fmt: skip


@operation
def revoke_certificate(
    *,
    certificate: OrganisationCertificate,
    reason: str,
    by: Actor,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> OrganisationCertificate:
    """From this moment nothing can be signed with it; what it signed before stays as it was."""
    row: OrganisationCertificate
    row, _ = CERTIFICATE_MACHINE.perform(
        verb="revoke", obj=certificate, by=by, at=at, inputs={"revoked_reason": reason.strip()},
        seen_version=seen_version, standings=lambda held: certificate_standings(scope, held),
    )  # fmt: skip
    board().take_away(object_type=OBJECT_TYPE, object_key=str(row.pk), at=at)
    return row


@operation
def add_trust_anchor(
    *, name: str, content: bytes, reason: str, by: Actor, at: datetime
) -> TrustAnchor:
    """Trust a root certificate (PEM or DER) from now on; signatures that lead to it count.

    Raises BadCertificate for a file that is no root certificate or has ended.
    """
    if not reason.strip():
        raise MissingInput("reason", "请填写依据，如证书机构的许可证号")
    certificate = _read_root(content)
    if certificate.not_valid_after_utc <= at:
        raise BadCertificate("file", f"证书已于 {certificate.not_valid_after_utc:%Y-%m-%d} 到期")
    row = _anchor(certificate, name=name.strip(), reason=reason.strip(), by=by, at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise BadCertificate("file", "该根证书已经登记过，不能重复加入") from error
    _record_anchor("trust_anchor.add", row, by, at, row.reason)
    return row


@operation
def withdraw_trust_anchor(
    *, anchor: TrustAnchor, reason: str, by: Actor, at: datetime
) -> TrustAnchor:
    """No signature that leads to it counts any more, whenever it was made."""
    locked = TrustAnchor.objects.select_for_update().get(pk=anchor.pk)
    if locked.withdrawn_at is not None:
        raise TransitionRefused("该根证书已经撤除")
    if not reason.strip():
        raise MissingInput("reason", "请填写撤除原因")
    locked.withdrawn_at, locked.withdrawn_by_name = at, by.audit_name
    locked.withdrawn_reason = reason.strip()
    locked.save(update_fields=["withdrawn_at", "withdrawn_by_name", "withdrawn_reason"])
    _record_anchor("trust_anchor.withdraw", locked, by, at, locked.withdrawn_reason)
    return locked


def name_text(name: x509.Name) -> str:
    """A subject or issuer in one line, the organisation first."""
    found = [
        str(each.value)
        for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER)
        for each in name.get_attributes_for_oid(kind)
    ]
    return " ".join(dict.fromkeys(found))[:500] or name.rfc4514_string()[:500]


def _put_in_use(
    identity: Identity,
    *,
    organisation: Organisation,
    anchor: TrustAnchor,
    source: str,
    by: Actor,
    at: datetime,
) -> OrganisationCertificate:
    # One certificate in use per organisation: whoever comes second waits here and replaces the first.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    held = OrganisationCertificate.objects.filter(organisation=organisation, state="active").first()
    if held is not None:
        CERTIFICATE_MACHINE.perform(
            verb="replace", obj=held, by=by, at=at,
            standings=lambda row: {CALENDAR},
        )  # fmt: skip
        board().take_away(object_type=OBJECT_TYPE, object_key=str(held.pk), at=at)
    certificate = identity.certificate
    row = OrganisationCertificate(
        organisation=organisation, source=source, subject=name_text(certificate.subject),
        issuer=name_text(certificate.issuer), serial=f"{certificate.serial_number:x}",
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        certificate=certificate.public_bytes(Encoding.DER),
        chain=b"".join(each.public_bytes(Encoding.PEM) for each in identity.chain),
        key_sealed=seal_key(identity), trust_anchor=anchor,
        not_before=certificate.not_valid_before_utc, not_after=certificate.not_valid_after_utc,
        added_at=at, added_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise BadCertificate("file", "该证书已经登记过，不能重复登记或由两家机构共用") from error
    record(
        by=by, at=at, action="organisation_certificate.add", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=str(row), clause=CLAUSE_SIGNATURE,
        detail={"organisation": organisation.code, "source": source, "serial": row.serial,
                "fingerprint": row.fingerprint, "until": row.not_after.isoformat()},
    )  # fmt: skip
    return row


def _check_subject(certificate: x509.Certificate, organisation: Organisation) -> None:
    """A certificate names its holder by the full name or by the 统一社会信用代码."""
    values = {str(each.value).strip() for each in certificate.subject}
    own = {organisation.name, organisation.code, organisation.credit_code} - {""}
    if not values & own:
        raise BadCertificate(
            "file",
            f"证书的主体是“{name_text(certificate.subject)}”，不是本机构的名称或统一社会信用代码，"
            "请上传颁发给本机构的证书",
            CLAUSE_SIGNATURE,
        )


def _read_root(content: bytes) -> x509.Certificate:
    if len(content) > LARGEST_ROOT_BYTES:
        raise BadCertificate("file", "文件超过 64 KB，不像根证书，请选择 .cer、.crt 或 .pem 文件")
    try:
        if b"-----BEGIN" in content:
            certificate = x509.load_pem_x509_certificate(content)
        else:
            certificate = x509.load_der_x509_certificate(content)
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        certificate.verify_directly_issued_by(certificate)
    except x509.ExtensionNotFound as error:
        raise BadCertificate("file", "这不是证书机构的根证书（没有 CA 标志）") from error
    except Exception as error:
        raise BadCertificate(
            "file", "不是自签名的根证书文件（PEM 或 DER），请从证书机构的网站取得其根证书"
        ) from error
    if not basic.ca:
        raise BadCertificate("file", "这不是证书机构的根证书（没有 CA 标志）")
    return certificate


def _anchor(
    certificate: x509.Certificate, *, name: str, reason: str, by: Actor, at: datetime
) -> TrustAnchor:
    return TrustAnchor(
        name=name or name_text(certificate.subject)[:200], source=TrustAnchor.Source.ADDED,
        subject=name_text(certificate.subject), serial=f"{certificate.serial_number:x}",
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        certificate=certificate.public_bytes(Encoding.DER),
        not_before=certificate.not_valid_before_utc, not_after=certificate.not_valid_after_utc,
        reason=reason, added_at=at, added_by_id=by.audit_id, added_by_name=by.audit_name,
    )  # fmt: skip


def _record_anchor(action: str, row: TrustAnchor, by: Actor, at: datetime, reason: str) -> None:
    record(
        by=by, at=at, action=action, object_type="trust_anchor",
        object_key=row.pk, object_label=row.name, reason=reason,
        detail={"fingerprint": row.fingerprint, "subject": row.subject},
    )  # fmt: skip
