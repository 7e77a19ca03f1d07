"""The platform's signer: pyHanko's, without encoding the same values a thousand times."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self

from asn1crypto import cms
from asn1crypto.tsp import SigningCertificateV2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.sign.attributes import SigningCertificateV2Provider
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers import SimpleSigner

from core.signing.keys import PrivateKey

DIGEST = "sha256"
_INTEGER, _OCTETS, _SEQUENCE, _SET = 0x02, 0x04, 0x30, 0x31
_CONTEXT_0 = 0xA0
_VERSION_1 = bytes([_INTEGER, 1, 1])


class QuickSigner(SimpleSigner):
    """Signs as SimpleSigner does, byte for byte where its signature is not random.

    asn1crypto encodes a value that was put together (not read) anew whenever somebody asks for it,
    and its parts with it; and it takes a length whose last byte is 0x80 for an indefinite one and
    encodes all that is inside again, level by level. One certificate in sixty has such a length: a
    signature by it took 17,000 encodings. So what is the same for every signature of this signer
    is encoded once, and its parts are put together as bytes.
    """

    async def signed_attrs(self, *args: Any, **kwargs: Any) -> cms.CMSAttributes:
        made = await super().signed_attrs(*args, **kwargs)
        return _Attributes.of(made.dump())

    def _signed_attr_providers(self, *args: Any, **kwargs: Any) -> Any:
        for each in super()._signed_attr_providers(*args, **kwargs):
            yield _Named(self) if isinstance(each, SigningCertificateV2Provider) else each

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """With the key that was opened once; its algorithm is its kind's."""
        if digest_algorithm != DIGEST:
            return super().sign_raw(data, digest_algorithm)
        key = self._opened
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, ec.ECDSA(hashes.SHA256()))
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def _package_signature(self, **parts: Any) -> cms.ContentInfo:
        """The signed data of RFC 5652, section 5: one signer, the text outside, no more attributes."""
        usual = (
            parts["digest_algorithm"] == DIGEST
            and parts["unsigned_attrs"] is None
            and parts["cms_version"] == "v1"
            and self.embed_roots
            and not self.attribute_certs
        )
        if not usual:
            return super()._package_signature(**parts)
        digest, mechanism, issued = self._fixed
        attributes = parts["signed_attrs"].dump()
        signer = _der(
            _SEQUENCE, _VERSION_1, issued, digest,
            # Implicitly tagged: the same bytes under another first one.
            bytes([_CONTEXT_0]), attributes[1:], mechanism, _der(_OCTETS, parts["signature"]),
        )  # fmt: skip
        return _Encoded.of(self._around(_der(_SET, signer)))

    def _around(self, signers: bytes) -> bytes:
        digest, _, _ = self._fixed
        text = _der(_SEQUENCE, cms.ContentType("data").dump())
        signed = _der(
            _SEQUENCE, _VERSION_1, _der(_SET, digest), text, self._certificates, signers
        )  # fmt: skip
        kind = cms.ContentType("signed_data").dump()
        return _der(_SEQUENCE, kind, _der(_CONTEXT_0, signed))

    @cached_property
    def names_certificate(self) -> bytes:
        """The attribute that names the signer's certificate, so that no other can take its place."""
        return as_signing_certificate_v2(self.signing_cert).dump()

    @cached_property
    def _opened(self) -> PrivateKey:
        key = load_der_private_key(self.signing_key.dump(), password=None)
        assert isinstance(key, PrivateKey)
        return key

    @cached_property
    def _fixed(self) -> tuple[bytes, bytes, bytes]:
        """The digest's name, the signature's name, and the certificate by its issuer and number."""
        one = self.signer_info(DIGEST, cms.CMSAttributes([]), b"")
        return one["digest_algorithm"].dump(), one["signature_algorithm"].dump(), one["sid"].dump()

    @cached_property
    def _certificates(self) -> bytes:
        """The signer's and those between it and its root, in the order that DER asks of a set."""
        every = {each.dump() for each in [*self.cert_registry, self.signing_cert]}
        return _der(_CONTEXT_0, *sorted(every))


class _Named(SigningCertificateV2Provider):
    """The same value, encoded once for a signer."""

    def __init__(self, signer: QuickSigner) -> None:
        super().__init__(signer.signing_cert)
        self.signer = signer

    async def build_attr_value(self, dry_run: bool = False) -> SigningCertificateV2:
        return _Name.of(self.signer.names_certificate)


class _AsRead:
    """A value that gives back the bytes that it was read from, whatever their length."""

    read_from: bytes

    @classmethod
    def of(cls, encoded: bytes) -> Self:
        made: Self = cls.load(encoded)  # type: ignore[attr-defined]
        made.read_from = encoded
        return made

    def dump(self, force: bool = False) -> bytes:
        return self.read_from


class _Attributes(_AsRead, cms.CMSAttributes):
    pass


class _Encoded(_AsRead, cms.ContentInfo):
    pass


class _Name(_AsRead, SigningCertificateV2):
    pass


def _der(tag: int, *parts: bytes) -> bytes:
    """A value in DER: its tag, its length in the fewest bytes, its parts."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + body
