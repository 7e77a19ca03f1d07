"""When a confirmed line that was never shipped is voided, and that both sides hear it a day before."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

NEVER = Decimal(0)
NOTICE = timedelta(days=1)


def void_time(*, confirmed_at: datetime, days: Decimal, now: datetime) -> datetime | None:
    """When it is voided, once that is to be announced; None before that, or where days is 0.

    Never less than a day after the announcement, which is made a day before at the earliest.
    """
    if days <= NEVER:
        return None
    planned = confirmed_at + timedelta(days=float(days))
    if planned - NOTICE > now:
        return None
    return max(planned, now + NOTICE)
