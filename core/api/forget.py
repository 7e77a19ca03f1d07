"""Forget kept answers of idempotent writes when nobody can still be retrying them."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.api.models import IdempotentAnswer
from core.operations import operation

KEPT_FOR = timedelta(days=7)


@operation
def forget_old_answers(*, at: datetime) -> int:
    """Delete answers claimed over a week before `at`; returns how many."""
    number, _ = IdempotentAnswer.objects.filter(claimed_at__lt=at - KEPT_FOR).delete()
    return number
