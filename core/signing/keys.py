"""Keys at rest: PKCS#12 under the platform's passphrase; and the PKCS#12 that somebody brings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import (
    PBES,
    PKCS12PrivateKeyTypes,
    load_pkcs12,
    serialize_key_and_certificates,
)
from django.conf import settings

from core.signing.errors import BadCertificate, UnreadableKey

_LEAST_RSA_BITS = 2048
# The passphrase is long and random: rounds that slow down guessing of words would only cost time.
_ROUNDS = 10_000
LARGEST_BYTES = 256 * 1024

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Identity:
    """A key with its certificate and the certificates between it and its root."""

    key: PrivateKey
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()


def seal_key(identity: Identity) -> bytes:
    """PKCS#12 (AES-256) under SIGNING_KEY_PASSPHRASE."""
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_ROUNDS)
        .key_cert_algorithm(PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(settings.SIGNING_KEY_PASSPHRASE.encode())
    )
    key: PKCS12PrivateKeyTypes = identity.key
    return serialize_key_and_certificates(
        None, key, identity.certificate, list(identity.chain) or None, encryption
    )


def open_key(sealed: bytes) -> Identity:
    """The key again; raises UnreadableKey under other passphrases than those configured."""
    known: Sequence[str] = [
        settings.SIGNING_KEY_PASSPHRASE,
        *settings.SIGNING_KEY_PASSPHRASE_FALLBACKS,
    ]
    for passphrase in known:
        try:
            return _identity(sealed, passphrase)
        except ValueError:
            continue
    raise UnreadableKey("no configured passphrase opens the kept signing key")


def reseal(sealed: bytes) -> bytes | None:
    """The key under today's passphrase; None where that one opens it already.

    Raises UnreadableKey where neither it nor a former one does.
    """
    try:
        _identity(sealed, settings.SIGNING_KEY_PASSPHRASE)
    except ValueError:
        return seal_key(open_key(sealed))
    return None


def read_brought(content: bytes, password: str, at: datetime) -> Identity:
    """The PKCS#12 file that an organisation brings, checked for what signing needs.

    Raises BadCertificate with field `password` or `file`, why, and the way out.
    """
    if len(content) > LARGEST_BYTES:
        raise BadCertificate("file", "文件超过 256 KB，不像证书文件，请选择 .p12 或 .pfx 文件")
    if not content.startswith(b"\x30"):
        raise BadCertificate(
            "file", "不是 PKCS#12 证书文件，请选择从证书机构取得的 .p12 或 .pfx 文件"
        )
    try:
        identity = _identity(content, password)
    except ValueError as error:
        if "password" in str(error).lower():
            raise BadCertificate("password", "证书密码不正确，请核对大小写后重新输入") from error
        raise BadCertificate(
            "file", "证书文件不完整或已损坏，没有同时含证书和私钥，请重新导出（须连同私钥）后再传"
        ) from error
    check_identity(identity, at)
    return identity


def _identity(content: bytes, password: str) -> Identity:
    bundle = load_pkcs12(content, password.encode() or None)
    if bundle.key is None or bundle.cert is None:
        raise ValueError("no key or no certificate")
    if not isinstance(bundle.key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise ValueError("neither EC nor RSA")
    chain = tuple(each.certificate for each in bundle.additional_certs)
    return Identity(bundle.key, bundle.cert.certificate, chain)


def check_identity(identity: Identity, at: datetime) -> None:
    """Raises BadCertificate: key and certificate no pair, out of its span, weak, not for signing."""
    certificate = identity.certificate
    public = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    own = identity.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if public != own:
        raise BadCertificate("file", "文件中的私钥与证书不配对，请从证书机构重新导出")
    if certificate.not_valid_after_utc < at:
        ended = certificate.not_valid_after_utc
        raise BadCertificate("file", f"证书已于 {ended:%Y-%m-%d} 到期，请向证书机构换发后再传")
    if certificate.not_valid_before_utc > at:
        begins = certificate.not_valid_before_utc
        raise BadCertificate("file", f"证书自 {begins:%Y-%m-%d} 起才有效，届时再传")
    key = identity.key
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _LEAST_RSA_BITS:
        raise BadCertificate("file", f"RSA 密钥只有 {key.key_size} 位，少于 2048 位，请换发证书")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound as error:
        raise BadCertificate(
            "file", "证书没有写明密钥用途，不能用于签署文件，请换用签名证书"
        ) from error
    if not usage.content_commitment:
        raise BadCertificate(
            "file", "证书的密钥用途不含“不可否认”，不能用于签署文件，请换用签名证书（不是加密证书）"
        )
