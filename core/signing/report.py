"""What verifying a PDF says of the file and of each signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SignatureReport:
    """One signature. `problem` says in Chinese why it is not good; empty when it is."""

    field: str
    signer: str
    signer_code: str
    issuer: str
    serial: str
    fingerprint: str
    signed_at: datetime | None
    reason: str
    intact: bool
    trusted: bool
    coverage: str
    problem: str

    @property
    def good(self) -> bool:
        return not self.problem


@dataclass(frozen=True)
class PdfReport:
    """The whole file: `good` only when every signature is and the last one covers all bytes."""

    good: bool
    verdict: str
    sha256: str
    size_bytes: int
    signatures: tuple[SignatureReport, ...] = ()
    waiting: tuple[str, ...] = ()
