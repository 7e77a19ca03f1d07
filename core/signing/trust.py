"""Whether a certificate leads to a root that is trusted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime

from asn1crypto import x509 as asn1_x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from core.signing.own_thread import in_own_thread


@in_own_thread
def root_of(
    certificate: bytes, chain: Sequence[bytes], roots: Iterable[bytes], *, at: datetime
) -> bytes | None:
    """The one of `roots` (DER) to which a signing certificate leads at a moment; None if to none."""
    trusted = [asn1_x509.Certificate.load(each) for each in roots]
    validator = CertificateValidator(
        asn1_x509.Certificate.load(certificate),
        intermediate_certs=[asn1_x509.Certificate.load(each) for each in chain],
        validation_context=ValidationContext(
            trust_roots=trusted, moment=at, allow_fetching=False, revocation_mode="soft-fail"
        ),
    )
    try:
        path = asyncio.run(validator.async_validate_usage({"non_repudiation"}))
    except (PathBuildingError, PathValidationError):
        return None
    first = path.first
    return next((each.dump() for each in trusted if each.sha256 == first.sha256), None)
