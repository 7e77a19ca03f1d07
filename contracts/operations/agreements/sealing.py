"""The paper of an agreement and the signatures in it, through core.paper and the certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts.documents.agreement import agreement_content
from contracts.models import Agreement, AgreementItem
from core.paper import render_pdf
from core.transitions import TransitionRefused
from organisations.models import Organisation


@dataclass(frozen=True)
class Sealed:
    """A file with one more signature, and the serial of the certificate that made it."""

    pdf: bytes
    serial: str


def blank_paper(
    agreement: Agreement, items: Sequence[AgreementItem], agents: dict[str, str], at: datetime
) -> bytes:
    """The paper before its first signature. Raises PaperError."""
    return render_pdf("core/official", agreement_content(agreement, items, agents), at=at)


def seal(
    pdf: bytes,
    *,
    party: str,
    organisation: Organisation,
    signer: str,
    reason: str,
    power: str,
    at: datetime,
) -> Sealed:
    """Add the organisation's signature. Refused where the platform has no signing service."""
    raise TransitionRefused("平台还没有启用电子签名服务，不能签署：请联系系统管理员")
