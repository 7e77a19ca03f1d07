"""Certificates of organisations, and signing a document under its row's lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from django.core.cache import cache
from django.test import override_settings

from core.attachments.store import path_of
from core.audit.models import AuditEvent
from core.signing import BadCertificate, Identity, Issued, make_root, open_key
from core.signing.keys import check_identity
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from organisations.models import Organisation, OrganisationCertificate, TrustAnchor, User
from organisations.operations.certificates import (
    add_trust_anchor,
    issue_certificate,
    make_signing_root,
    revoke_certificate,
    take_certificate,
    withdraw_trust_anchor,
)
from organisations.operations.sign_document import sign_document, take_seal
from organisations.queries.certificates import certificate_in_use, verified
from organisations.queries.scope import scope_of
from tests.core.signing.paper import agreement, leaf
from tests.factories import organisations as make
from tests.factories.people import TESTER, organisation_change

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WORD = "证书密码-9x"

pytestmark = pytest.mark.django_db


def p12(issued: Issued, root: Issued | None, key: Any = None, password: str = WORD) -> bytes:
    return serialize_key_and_certificates(
        b"x", key or issued.key, issued.certificate, [root.certificate] if root else None,
        BestAvailableEncryption(password.encode()),
    )  # fmt: skip


def trusted(root: Issued) -> TrustAnchor:
    return add_trust_anchor(
        name="某持证机构", content=root.certificate.public_bytes(Encoding.PEM),
        reason="电子认证服务许可证", by=TESTER, at=AT,
    )  # fmt: skip


def expired(root: Issued, organisation: Organisation) -> bytes:
    issued = leaf(root, organisation.name, organisation.code, days=1)
    return p12(issued, root)


def self_signed(organisation: Organisation, key: Any, **usage: bool) -> Issued:
    """A certificate that signs itself, with the key usage that is asked for."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, organisation.name)])
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(AT).not_valid_after(AT + timedelta(days=9))
    )  # fmt: skip
    if usage:
        names = ("digital_signature", "content_commitment", "key_encipherment",
                 "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
                 "encipher_only", "decipher_only")  # fmt: skip
        value = x509.KeyUsage(**{each: usage.get(each, False) for each in names})
        builder = builder.add_extension(value, critical=True)
    return Issued(builder.sign(key, hashes.SHA256()), key)


SIGNS = {"digital_signature": True, "content_commitment": True}
EC = ec.SECP256R1()
NAMELESS = make_root(name="无名", at=AT)
Brought = Callable[[Organisation, Issued], tuple[bytes, str]]
BAD: dict[str, tuple[Brought, str, str]] = {
    "wrong password": (
        lambda o, r: (p12(leaf(r, o.name), r), "别的密码"), "password", "证书密码不正确"),
    "no file of this kind": (lambda o, r: (b"GIF89a", WORD), "file", "不是 PKCS#12"),
    "cut off": (lambda o, r: (p12(leaf(r, o.name), r)[:300], WORD), "file", "不完整或已损坏"),
    "too large": (lambda o, r: (b"\x30" * 300_000, WORD), "file", "超过 256 KB"),
    "of somebody else": (
        lambda o, r: (p12(leaf(r, "别家医院"), r), WORD), "file", "不是本机构的名称"),
    "unknown root": (
        lambda o, r: (p12(leaf(NAMELESS, o.name), NAMELESS), WORD), "file",
        "不在平台信任的根证书之列"),
    "for encryption": (
        lambda o, r: (p12(self_signed(o, ec.generate_private_key(EC), key_encipherment=True), None),
                      WORD), "file", "不可否认"),
    "no usage": (
        lambda o, r: (p12(self_signed(o, ec.generate_private_key(EC)), None), WORD),
        "file", "没有写明密钥用途"),
    "short RSA": (
        lambda o, r: (p12(self_signed(o, rsa.generate_private_key(65537, 1024), **SIGNS), None),
                      WORD), "file", "少于 2048 位"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_certificate_that_cannot_be_used_is_refused_and_nothing_written(name: str) -> None:
    hospital, root = make.organisation(), make_root(name="某持证机构根", at=AT)
    trusted(root)
    brought, field, says = BAD[name]
    content, password = brought(hospital, root)
    with pytest.raises(BadCertificate, match=says) as refused:
        take_certificate(
            organisation=hospital, content=content, password=password, by=TESTER, at=AT
        )
    assert refused.value.field == field
    assert not OrganisationCertificate.objects.exists()


@pytest.mark.parametrize(("days", "says"), [(2, "已于 2026-11-23 到期"), (-1, "起才有效")])
def test_a_certificate_counts_in_its_span_only(days: int, says: str) -> None:
    hospital, root = make.organisation(), make_root(name="某持证机构根", at=AT - timedelta(days=9))
    trusted(root)
    with pytest.raises(BadCertificate, match=says):
        take_certificate(
            organisation=hospital, content=expired(root, hospital), password=WORD, by=TESTER,
            at=AT + timedelta(days=days),
        )  # fmt: skip


def test_a_key_of_another_certificate_is_refused() -> None:
    """Libraries write no such file; a hand-made one would be opened, so the pair is compared."""
    root = make_root(name="某持证机构根", at=AT)
    with pytest.raises(BadCertificate, match="不配对"):
        check_identity(Identity(leaf(root).key, leaf(root).certificate), AT)


def test_an_own_certificate_replaces_the_one_in_use_and_its_key_is_sealed() -> None:
    hospital, root = make.organisation(), make_root(name="某持证机构根", at=AT)
    trusted(root)
    make_signing_root(name="内置", by=TESTER, at=AT)
    first = issue_certificate(organisation=hospital, by=TESTER, at=AT)
    issued = leaf(root, hospital.name)
    second = take_certificate(
        organisation=hospital, content=p12(issued, root), password=WORD, by=TESTER, at=AT
    )
    first.refresh_from_db()
    assert (first.state, second.state, second.source) == ("replaced", "active", "uploaded")
    assert certificate_in_use(hospital) == second
    assert open_key(bytes(second.key_sealed)).certificate == issued.certificate
    with (
        override_settings(SIGNING_KEY_PASSPHRASE="another" * 8),
        pytest.raises(Refusal, match="打不开"),
    ):
        take_seal(hospital, AT)
    with (
        override_settings(SIGNING_KEY_PASSPHRASE="another" * 8),
        pytest.raises(TransitionRefused, match="打不开"),
    ):
        issue_certificate(organisation=hospital, by=TESTER, at=AT)
    with override_settings(
        SIGNING_KEY_PASSPHRASE="another" * 8,
        SIGNING_KEY_PASSPHRASE_FALLBACKS=[open_with()],
    ):
        assert take_seal(hospital, AT).certificate == second
    with pytest.raises(BadCertificate, match="已经登记过"):
        take_certificate(
            organisation=hospital, content=p12(issued, root), password=WORD, by=TESTER, at=AT
        )


def open_with() -> str:
    from django.conf import settings

    return str(settings.SIGNING_KEY_PASSPHRASE)


def test_without_the_built_in_authority_nothing_is_issued() -> None:
    with pytest.raises(TransitionRefused, match="没有启用内置证书机构"):
        issue_certificate(organisation=make.organisation(), by=TESTER, at=AT)


def test_roots_are_made_once_and_withdrawn_for_good() -> None:
    root = make_signing_root(name="内置", by=TESTER, at=AT)
    assert make_signing_root(name="又一个", by=TESTER, at=AT) == root
    withdraw_trust_anchor(anchor=root, reason="停用", by=TESTER, at=AT)
    with pytest.raises(TransitionRefused, match="已经撤除"):
        withdraw_trust_anchor(anchor=root, reason="停用", by=TESTER, at=AT)
    with pytest.raises(TransitionRefused):
        issue_certificate(organisation=make.organisation(), by=TESTER, at=AT)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"hello", "不是自签名的根证书"),
        (b"\x30" * 70_000, "超过 64 KB"),
        (leaf(make_root(name="根", at=AT)).certificate.public_bytes(Encoding.DER), "不是"),
    ],
)
def test_what_is_no_root_is_not_trusted(content: bytes, says: str) -> None:
    with pytest.raises(BadCertificate, match=says):
        add_trust_anchor(name="x", content=content, reason="许可证", by=TESTER, at=AT)
    with pytest.raises(MissingInput, match="依据"):
        add_trust_anchor(name="x", content=content, reason=" ", by=TESTER, at=AT)


def parties() -> list[User]:
    make_signing_root(name="内置", by=TESTER, at=AT)
    people = []
    for _ in range(2):
        organisation = make.organisation()
        issue_certificate(organisation=organisation, by=TESTER, at=AT)
        people.append(make.person(organisation, "leader", "admin"))
    return people


def sign(owner: Any, pdf: bytes, field: str, by: User, at: datetime = AT, **more: Any) -> Any:
    return sign_document(
        owner=owner, owner_type="organisation_change", pdf_of=lambda row: pdf, name="协议.pdf",
        field=field, organisation=by.organisation, reason="签订协议", by=by, at=at, post="院长", **more,
    )  # fmt: skip


def test_two_parties_sign_and_the_report_names_both() -> None:
    first, second = parties()
    owner = organisation_change(first.organisation)
    one = sign(owner, agreement(), "institution", first)
    two = sign(owner, one.pdf, "manufacturer", second, AT + timedelta(minutes=1))
    assert path_of(two.attachment.file).read_bytes() == two.pdf
    report = verified(two.pdf)
    assert report.good
    assert [each.signer for each in report.signatures] == [
        first.organisation.name, second.organisation.name,
    ]  # fmt: skip
    events = AuditEvent.objects.filter(action="document.sign").order_by("pk")
    assert [event.detail["sha256"] for event in events] == [one.sha256, two.sha256]
    with pytest.raises(TransitionRefused, match="已经签署"):
        sign(owner, one.pdf, "institution", first)


def test_nothing_is_signed_without_a_certificate_after_its_end_or_its_revocation() -> None:
    leader, _ = parties()
    owner, stranger = organisation_change(leader.organisation), make.person(None, "leader")
    pdf = agreement()
    with pytest.raises(TransitionRefused, match="没有在用的签名证书"):
        sign(owner, pdf, "institution", stranger)
    with pytest.raises(TransitionRefused, match="到期"):
        sign(owner, pdf, "institution", leader, AT + timedelta(days=3 * 366))
    seal = take_seal(leader.organisation, AT)
    held = certificate_in_use(leader.organisation)
    assert held is not None
    scope = scope_of(leader, AT.date())
    with pytest.raises(MissingInput, match="吊销原因"):
        revoke_certificate(certificate=held, reason=" ", by=leader, scope=scope, at=AT)
    with pytest.raises(NotYours):
        revoke_certificate(
            certificate=held, reason="遗失", by=stranger, scope=scope_of(stranger, AT.date()), at=AT
        )
    with pytest.raises(StaleVersion):
        revoke_certificate(
            certificate=held, reason="遗失", by=leader, scope=scope, at=AT, seen_version=9
        )
    signed = sign(owner, pdf, "institution", leader, seal=seal)
    revoke_certificate(
        certificate=held, reason="遗失", by=leader, scope=scope, at=AT + timedelta(minutes=5)
    )
    # What was signed before stays good; a job that holds the key open is stopped.
    assert verified(signed.pdf).good
    with pytest.raises(TransitionRefused, match="已吊销"):
        sign(owner, pdf, "institution", leader, AT + timedelta(minutes=6), seal=seal)
    cache.clear()


def test_a_withdrawn_root_takes_all_its_signatures_with_it() -> None:
    leader, _ = parties()
    signed = sign(organisation_change(leader.organisation), agreement(), "institution", leader)
    withdraw_trust_anchor(anchor=TrustAnchor.objects.get(), reason="私钥泄露", by=TESTER, at=AT)
    report = verified(signed.pdf)
    assert (report.good, report.signatures[0].trusted) == (False, False)
