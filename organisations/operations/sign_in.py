"""Sign in and out; every attempt leaves an event."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import authenticate, login, logout
from django.db import connection
from django.http import HttpRequest

from core.audit.models import AuditEvent
from core.audit.record import SystemActor, record
from core.operations import operation
from organisations.models import User
from organisations.rules import CLAUSE_IDENTITY, password_is_old

SHOWN_LETTERS = 30


@operation
def sign_in(*, request: HttpRequest, username: str, password: str, at: datetime) -> User | None:
    """The person, signed in; None after a failure, which reads the same for every cause.

    Attempts on one account wait for each other, so that fifty at once are counted one by one and
    no more passwords are tried than the lock-out allows.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in {username}"]
        )
    user = authenticate(request, username=username, password=password)
    if user is None:
        locked = bool(getattr(request, "axes_locked_out", False))
        record(
            by=SystemActor("未登录"),
            at=at,
            action="user.sign_in",
            outcome=AuditEvent.Outcome.REFUSED,
            object_type="user",
            object_label=username[:SHOWN_LETTERS],
            reason="已锁定" if locked else "用户名或口令不正确",
            clause=CLAUSE_IDENTITY,
        )
        return None
    if password_is_old(user.password_changed_at, at):
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])
    login(request, user)
    record(by=user, at=at, action="user.sign_in", object_type="user", object_key=user.pk,
           object_label=user.audit_name)  # fmt: skip
    return user


@operation
def sign_out(*, request: HttpRequest, by: User, at: datetime) -> None:
    """End the session; its row is deleted."""
    logout(request)
    record(by=by, at=at, action="user.sign_out", object_type="user", object_key=by.pk,
           object_label=by.audit_name)  # fmt: skip
