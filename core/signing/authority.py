"""The built-in certificate authority: one root of the platform, one leaf per organisation.

Legally its signatures are ordinary electronic signatures, not those of a licensed authority under
《电子签名法》; whoever needs the latter uploads the licensed certificates or plugs in a provider.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT_DAYS = 20 * 366
LEAF_DAYS = 3 * 366
_COMMON_NAME_BYTES = 64


@dataclass(frozen=True)
class Subject:
    """Whom a certificate names: an organisation and its code (统一社会信用代码 or 定点 code)."""

    name: str
    code: str


@dataclass(frozen=True)
class Issued:
    """A new certificate with its key; the key has to be sealed before it is kept."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_root(*, name: str, at: datetime) -> Issued:
    """A self-signed root (ECDSA P-256) that may sign leaves and nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, _common(name)),
        ]
    )
    certificate = (
        _begun(subject, subject, key.public_key(), at, ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Issued(certificate, key)


def issue_leaf(
    *,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    subject: Subject,
    at: datetime,
    days: int = LEAF_DAYS,
) -> Issued:
    """A certificate with which an organisation signs documents; it cannot sign certificates.

    It ends with the root at the latest.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.name),
            # The common name is limited; the whole name is the organisation's.
            x509.NameAttribute(NameOID.COMMON_NAME, _common(subject.name)),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, subject.code),
        ]
    )
    within = int((root.not_valid_after_utc - at).total_seconds() // 86_400)
    authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    certificate = (
        _begun(name, root.subject, key.public_key(), at, min(days, within))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(authority, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return Issued(certificate, key)


def _common(name: str) -> str:
    """As much of a name as its 64 bytes hold: twenty-one characters, none of them cut in two."""
    return name.encode()[:_COMMON_NAME_BYTES].decode(errors="ignore")


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    at: datetime,
    days: int,
) -> x509.CertificateBuilder:
    # A minute back: clocks of several servers differ a little.
    begins = at - timedelta(minutes=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(**granted: bool) -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
             "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip
    return x509.KeyUsage(**{name: granted.get(name, False) for name in names})
