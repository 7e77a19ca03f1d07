"""The codes of the demonstration's accounts, for its sign-in page and for `demo_accounts`."""

from __future__ import annotations

from datetime import datetime

from core.totp import WINDOW_STEPS, code_at, current_step
from organisations.models import SecondFactor, User
from organisations.operations.demo_people import DEMO_USERNAMES
from organisations.operations.sealed import UnreadableSecret, open_secret


def demo_code(user: User, now: datetime) -> str:
    """The code that will be taken next from a demonstration account; empty for everybody else."""
    if user.username not in DEMO_USERNAMES:
        return ""
    factor = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()
    if factor is None:
        return ""
    try:
        secret = open_secret(factor.secret_sealed)
    except UnreadableSecret:
        return ""
    step = max(current_step(now), factor.last_step + 1)
    return code_at(secret, min(step, current_step(now) + WINDOW_STEPS))
