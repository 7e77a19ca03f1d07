"""In which way a unit reports too little (S2-12.3): nothing, nothing yet, or less than it used."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from volumes.rules.window import ends_at
from volumes.states.report import INSIDE_STATES


class Shortfall(models.TextChoices):
    NONE = "none", "不报"
    WAITING = "waiting", "尚未提交"
    LOW = "low", "少报"


def shortfall_of(
    *, state: str, closes_at: datetime, extended_until: datetime | None, at: datetime
) -> Shortfall:
    """Nobody fails to report before the own window is over."""
    if state not in INSIDE_STATES:
        return Shortfall.LOW
    return Shortfall.NONE if at >= ends_at(closes_at, extended_until) else Shortfall.WAITING
