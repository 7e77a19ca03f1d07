"""The platform's signer: pyHanko's, without encoding the same attributes a thousand times."""

from __future__ import annotations

from typing import Any

from asn1crypto import cms
from asn1crypto.tsp import SigningCertificateV2
from pyhanko.sign.attributes import SigningCertificateV2Provider
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers import SimpleSigner


class QuickSigner(SimpleSigner):
    """Signs as SimpleSigner does, byte for byte where its signature is not random.

    asn1crypto encodes a value that was put together (not read) anew whenever somebody asks for it,
    and its parts with it: a signature took 2,000 encodings, most of them of the attribute that
    names the signer's certificate. Read back from its bytes a value is encoded once.
    """

    names_certificate: bytes | None = None
    """The attribute's value, once it was encoded."""

    async def signed_attrs(self, *args: Any, **kwargs: Any) -> cms.CMSAttributes:
        made = await super().signed_attrs(*args, **kwargs)
        return cms.CMSAttributes.load(made.dump())

    def _signed_attr_providers(self, *args: Any, **kwargs: Any) -> Any:
        for each in super()._signed_attr_providers(*args, **kwargs):
            yield _Named(self) if isinstance(each, SigningCertificateV2Provider) else each


class _Named(SigningCertificateV2Provider):
    """The same value, encoded once for a signer."""

    def __init__(self, signer: QuickSigner) -> None:
        super().__init__(signer.signing_cert)
        self.signer = signer

    async def build_attr_value(self, dry_run: bool = False) -> SigningCertificateV2:
        made = self.signer.names_certificate
        if made is None:
            made = as_signing_certificate_v2(self.signing_cert).dump()
            self.signer.names_certificate = made
        return SigningCertificateV2.load(made)
