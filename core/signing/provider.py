"""Who makes the signature: the platform itself, or a licensed service that a site plugs in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from asn1crypto import x509 as asn1_x509
from asn1crypto.keys import PrivateKeyInfo
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.utils.module_loading import import_string

from core.signing.errors import SigningRefused, UnreadableKey
from core.signing.keys import open_key

if TYPE_CHECKING:
    from pyhanko.sign.signers.pdf_cms import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore


@dataclass(frozen=True)
class Credential:
    """What is kept of an organisation's certificate; all bytes are DER.

    `sealed_key` is empty where the key lies with a service, which knows it by `reference`.
    """

    certificate: bytes
    chain: tuple[bytes, ...] = ()
    sealed_key: bytes = b""
    reference: str = ""


class SealProvider(Protocol):
    """Gives pyHanko a signer for a credential.

    A licensed service's adapter subclasses `pyhanko.sign.signers.pdf_cms.Signer` and sends the
    digest to the service in `async_sign_raw`; the setting SEAL_PROVIDER names its class. The
    platform keeps doing the rest: fields, stamp, PAdES container, verification, audit.
    """

    def signer(self, credential: Credential) -> Signer: ...


class BuiltInProvider:
    """Signs with the key that the platform keeps, ECDSA or RSA with SHA-256."""

    def signer(self, credential: Credential) -> Signer:
        # Deferred: see core/signing/deferred.py.
        from core.signing.quick_signer import QuickSigner

        try:
            identity = open_key(credential.sealed_key)
        except UnreadableKey as error:
            raise SigningRefused(
                "签名私钥打不开：SIGNING_KEY_PASSPHRASE 与保存私钥时不同，请系统管理员核对后重试"
            ) from error
        plain = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return QuickSigner(
            signing_cert=asn1_x509.Certificate.load(credential.certificate),
            signing_key=PrivateKeyInfo.load(plain),
            cert_registry=_store(credential.chain),
        )


def seal_provider() -> SealProvider:
    """The provider that the setting SEAL_PROVIDER names."""
    made: SealProvider = import_string(settings.SEAL_PROVIDER)()
    return made


def _store(certificates: Sequence[bytes]) -> SimpleCertificateStore:
    """What goes into the signature beside the signer's: never the root, which whoever verifies has.

    Nothing would cover a root's copy there, so it could be changed unseen.
    """
    # Deferred: see core/signing/deferred.py.
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    loaded = [asn1_x509.Certificate.load(each) for each in certificates]
    return SimpleCertificateStore.from_certs([each for each in loaded if each.self_issued is False])
