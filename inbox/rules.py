"""When a notice may go out, and how long to wait after a failure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

DIGEST_WAIT = timedelta(minutes=3)
"""Notices to one person within this time become one message; urgent ones do not wait."""
MOST_ATTEMPTS = 8
_WAITS = (1, 5, 15, 60, 180, 360, 720)
CODE_LASTS = timedelta(minutes=10)
CODE_EVERY = timedelta(minutes=1)
MOST_CODE_TRIES = 5


def retry_after(attempts: int) -> timedelta:
    """After the first failure a minute, after the seventh half a day: about a day in all."""
    return timedelta(minutes=_WAITS[min(max(attempts, 1), len(_WAITS)) - 1])


def out_of_quiet(at: datetime, *, starts: time, ends: time) -> datetime:
    """`at`, or the end of the quiet hours that it falls into. Asia/Shanghai; may cross midnight.

    The start belongs to the quiet hours, the end does not. Equal times mean none.
    """
    local = timezone.localtime(at)
    clock = local.time()
    begun, not_ended = clock >= starts, clock < ends
    # Over midnight one of both suffices.
    quiet = (begun and not_ended) if starts <= ends else (begun or not_ended)
    if not quiet:
        return at
    end = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)
