"""Note when a token was last used; not an act of anybody, so it leaves no audit event."""

from __future__ import annotations

from datetime import datetime, timedelta

from organisations.models import ApiToken

NOTED_EVERY = timedelta(minutes=1)


def note_token_use(*, token: ApiToken, at: datetime) -> None:
    """Write the time at most once a minute."""
    if token.last_used_at is None or at - token.last_used_at > NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
