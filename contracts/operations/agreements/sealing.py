"""The paper of an agreement, and what its signatures say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.documents.agreement import WORDS, agreement_content
from contracts.models import Agreement, AgreementItem, AgreementSignature
from core.paper import render_paper
from core.signing import Field, PdfReport, prepare_pdf
from organisations.queries.certificates import verified

PAPER = "core/official"
LABELS = {str(party): label for party, (_, label) in WORDS.items()}


@dataclass(frozen=True)
class CheckedSignature:
    """One signature of the file beside what the platform keeps of it."""

    label: str
    signer: str
    serial: str
    at: datetime | None
    good: bool
    words: str


@dataclass(frozen=True)
class Checked:
    """Whether the file is, byte by byte, what was signed, and the signatures are the kept ones."""

    intact: bool
    words: str
    sha256: str
    signatures: tuple[CheckedSignature, ...]
    waiting: tuple[str, ...]


def blank_paper(
    agreement: Agreement, items: Sequence[AgreementItem], agents: dict[str, str], at: datetime
) -> bytes:
    """The paper before its first signature, with its three empty fields. Raises PaperError."""
    paper = render_paper(PAPER, agreement_content(agreement, items, agents), at=at)
    return prepare_pdf(
        paper.pdf,
        [Field(b.name, b.page, b.left, b.bottom, b.right, b.top) for b in paper.boxes],
    )


def checked(pdf: bytes, signatures: Sequence[AgreementSignature]) -> Checked:
    """The report on an agreement's file; `signatures` are the kept ones in their order."""
    report = verified(pdf)
    kept = {each.party: each.certificate_serial.lower() for each in signatures}
    told = {each.field: each.serial.lower() for each in report.signatures}
    same = told == kept
    current = bool(signatures) and report.sha256 == signatures[-1].revision_digest
    words = report.verdict
    if report.good and not same:
        words = "文件中的签名与平台登记的签署记录不一致"
    elif report.good and not current:
        words = "签名有效，但不是平台保存的最新一份文件"
    return Checked(
        intact=report.good and same and current,
        words=words,
        sha256=report.sha256,
        signatures=_signatures(report),
        waiting=tuple(LABELS.get(name, name) for name in report.waiting),
    )


def _signatures(report: PdfReport) -> tuple[CheckedSignature, ...]:
    return tuple(
        CheckedSignature(
            label=LABELS.get(each.field, each.field), signer=each.signer, serial=each.serial,
            at=each.signed_at, good=each.good, words=each.problem or "有效",
        )
        for each in report.signatures
    )  # fmt: skip
