"""Signing, verifying and judging certificates, loaded when first asked for.

pyHanko, its validator and aiohttp are a quarter of what a process loads, and most of the platform's
processes (commands, the clock, workers of other queues) never sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyhanko.sign.signers.pdf_cms import Signer

    from core.signing.provider import Credential
    from core.signing.report import PdfReport
    from core.signing.stamp import Stamp


def sign_pdf(
    pdf: bytes,
    *,
    field: str,
    credential: Credential,
    reason: str,
    at: datetime,
    stamp: Stamp,
    signer: Signer | None = None,
) -> bytes:
    """The PDF with the named empty field signed; nothing of the bytes before is changed.

    `at` is written as the signing time. Whoever signs many with one key opens it once
    (`seal_provider().signer(credential)`) and gives the `signer`. Raises SigningRefused where the
    field is missing or signed, or the key cannot be opened.
    """
    from core.signing import pades

    return pades.sign_pdf(
        pdf, field=field, credential=credential, reason=reason, at=at, stamp=stamp, signer=signer
    )


def verify_pdf(
    pdf: bytes,
    trust_roots: Iterable[bytes],
    *,
    revoked: Mapping[str, datetime] | None = None,
) -> PdfReport:
    """The report on every signature of the PDF, as `core.signing.verify.verify_pdf` says."""
    from core.signing import verify

    return verify.verify_pdf(pdf, trust_roots, revoked=revoked)


def root_of(
    certificate: bytes, chain: Sequence[bytes], roots: Iterable[bytes], *, at: datetime
) -> bytes | None:
    """The one of `roots` (DER) to which a signing certificate leads at a moment; None if to none."""
    from core.signing import trust

    return trust.root_of(certificate, chain, roots, at=at)
