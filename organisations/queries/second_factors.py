"""How a person stands with the second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from organisations.models import RecoveryCode, SecondFactor, User


@dataclass(frozen=True)
class FactorState:
    in_use: bool
    since: datetime | None
    codes_left: int


def state_of(user: User) -> FactorState:
    """Two queries; asked on pages about one person only."""
    factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    left = RecoveryCode.objects.filter(user=user, used_at__isnull=True).count() if factor else 0
    return FactorState(factor is not None, factor.confirmed_at if factor else None, left)
