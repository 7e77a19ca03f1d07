"""The platform's signer gives what pyHanko's gives, and no certificate makes a signature dear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from core.signing import make_root
from core.signing.keys import PrivateKey
from core.signing.quick_signer import QuickSigner
from tests.core.signing.paper import AT, der, leaf

TEXT = sha256(b"the bytes of a file").digest()
Made = tuple[bytes, PrivateKey, tuple[bytes, ...]]


def signed(kind: type[SimpleSigner], made: Made, digest: bytes = TEXT) -> bytes:
    certificate, key, chain = made
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = kind(
        signing_cert=asn1_x509.Certificate.load(certificate),
        signing_key=PrivateKeyInfo.load(plain),
        cert_registry=SimpleCertificateStore.from_certs(
            [asn1_x509.Certificate.load(each) for each in chain]
        ),
    )
    told = PdfCMSSignedAttributes(signing_time=AT)
    call = signer.async_sign(digest, "sha256", use_pades=True, signed_attr_settings=told)
    encoded: bytes = asyncio.run(call).dump()
    return encoded


def rsa_leaf(name: str, bits: int, chain: tuple[bytes, ...] = ()) -> Made:
    key = rsa.generate_private_key(65537, bits)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    begun = x509.CertificateBuilder(issuer_name=subject, subject_name=subject)
    certificate = (
        begun.public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=99))
        .sign(key, hashes.SHA256())
    )
    return der(certificate), key, chain


@pytest.mark.parametrize("bits", [2048, 3072])
def test_a_signature_by_rsa_is_that_of_pyhanko_byte_for_byte(bits: int) -> None:
    root = make_root(name="测试根证书", at=AT)
    others = tuple(der(leaf(root, f"中间{number}").certificate) for number in range(2))
    for length in (1, 30, 64):
        made = rsa_leaf("某" * length, bits, others)
        assert signed(QuickSigner, made) == signed(SimpleSigner, made)


def test_a_signature_by_ec_is_that_of_pyhanko_but_for_the_random_number() -> None:
    root = make_root(name="测试根证书", at=AT)
    issued = leaf(root)
    made = (der(issued.certificate), issued.key, ())
    ours, theirs = (
        cms.ContentInfo.load(signed(k, made)).native for k in (QuickSigner, SimpleSigner)
    )
    for each in (ours, theirs):
        assert each["content"]["signer_infos"][0].pop("signature")
    assert ours == theirs


def test_another_text_has_another_signature() -> None:
    made = rsa_leaf("某县人民医院", 2048)
    assert signed(QuickSigner, made) != signed(QuickSigner, made, sha256(b"another").digest())


def test_no_certificate_needs_more_than_some_hundred_encodings(
    encodings: Callable[[], int],
) -> None:
    """Of one name in sixty a length ends in 0x80, which asn1crypto takes for indefinite."""
    root = make_root(name="测试根证书", at=AT)
    for length in range(1, 128):
        issued = leaf(root, "A" * min(length, 64), "C" * max(1, length - 64))
        signed(QuickSigner, (der(issued.certificate), issued.key, ()))
        assert encodings() < 600, length


@pytest.fixture
def encodings(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """How many values asn1crypto has encoded since it was asked last."""
    number = 0
    really = core._dump_header

    def counted(*args: object) -> bytes:
        nonlocal number
        number += 1
        head: bytes = really(*args)
        return head

    def since() -> int:
        nonlocal number
        found, number = number, 0
        return found

    monkeypatch.setattr(core, "_dump_header", counted)
    yield since
