"""Between the two factors: who gave a right password, kept in a session that opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest

from organisations.models import User
from organisations.queries.sign_in_backend import PeopleBackend

KEY = "first_factor"
LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Pending:
    """The person whose second factor is due, and where to go afterwards."""

    user: User
    enrols: bool
    back: str


def remember(request: HttpRequest, *, user: User, enrols: bool, back: str, now: datetime) -> None:
    """Under a new session key, so that nobody can have planted the old one."""
    request.session.cycle_key()
    request.session[KEY] = {
        "user": user.pk,
        "epoch": user.session_epoch,
        "at": now.isoformat(),
        "enrols": enrols,
        "back": back,
    }


def pending(request: HttpRequest, now: datetime) -> Pending | None:
    """Who waits here; None after ten minutes or when the account has changed since."""
    kept = request.session.get(KEY)
    if not kept or now - datetime.fromisoformat(kept["at"]) > LASTS:
        return None
    user = PeopleBackend().get_user(kept["user"])
    if user is None or user.session_epoch != kept["epoch"]:
        return None
    return Pending(user, kept["enrols"], kept["back"])


def forget(request: HttpRequest) -> None:
    request.session.pop(KEY, None)
