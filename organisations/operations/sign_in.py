"""Sign in and out; every attempt leaves an event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.signals import user_login_failed
from django.db import connection
from django.http import HttpRequest

from core.audit.models import AuditEvent
from core.audit.record import Actor, SystemActor, record
from core.operations import operation
from organisations.models import SecondFactor, User
from organisations.operations.second_factor import confirm_enrolment, spend_code
from organisations.queries.security_policy import policy_in_force
from organisations.rules import CLAUSE_IDENTITY, password_is_old, second_factor_is_forced

SHOWN_LETTERS = 30
BACKEND = "organisations.queries.sign_in_backend.PeopleBackend"


class NextStep(Enum):
    """What is still missing after the first factor."""

    NOTHING = "nothing"
    CODE = "code"
    ENROL = "enrol"


@dataclass(frozen=True)
class FirstFactor:
    """Whose password was right, and what comes next; signed in only where nothing is missing."""

    user: User
    next_step: NextStep


@operation
def sign_in(
    *, request: HttpRequest, username: str, password: str, at: datetime
) -> FirstFactor | None:
    """The first factor; None after a failure, which reads the same for every cause.

    Attempts on one account wait for each other, so that fifty at once are counted one by one and
    no more passwords are tried than the lock-out allows. Nobody whose second factor is missing
    gets a session.
    """
    _wait_for_turn(username)
    user = authenticate(request, username=username, password=password)
    if user is None:
        locked = bool(getattr(request, "axes_locked_out", False))
        _refused(username, "已锁定" if locked else "用户名或口令不正确", at)
        return None
    if password_is_old(user.password_changed_at, at, policy_in_force().password_days):
        user.must_change_password = True
        user.save(update_fields=["must_change_password"])
    return admit(request=request, user=user, how="口令", at=at)


@operation
def admit(*, request: HttpRequest, user: User, how: str, at: datetime) -> FirstFactor:
    """After a first factor of any kind: sign in, or say which step of the second is due."""
    enrolled = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()
    if enrolled or second_factor_is_forced(user, policy_in_force().second_factor_kinds):
        record(by=user, at=at, action="user.first_factor", object_type="user",
               object_key=user.pk, object_label=user.audit_name, detail={"how": how})  # fmt: skip
        return FirstFactor(user, NextStep.CODE if enrolled else NextStep.ENROL)
    _enter(request, user, how, at)
    return FirstFactor(user, NextStep.NOTHING)


@operation
def sign_in_with_code(*, request: HttpRequest, user: User, code: str, at: datetime) -> bool:
    """The second factor. A wrong code counts towards the lock-out as a wrong password does."""
    if not _may_try(request, user, at):
        return False
    how = spend_code(user=user, code=code, at=at)
    if not how:
        _count_failure(request, user, at)
        return False
    _enter(request, user, "动态口令" if how == "app" else "恢复码", at)
    return True


@operation
def sign_in_by_enrolling(*, request: HttpRequest, user: User, code: str, at: datetime) -> list[str]:
    """The first code of a new second factor; gives the recovery codes. Raises MissingInput."""
    codes = confirm_enrolment(user=user, code=code, by=user, at=at)
    _enter(request, user, "启用动态口令", at)
    return codes


@operation
def sign_out(*, request: HttpRequest, by: User, at: datetime) -> None:
    """End the session; its row is deleted."""
    logout(request)
    record(by=by, at=at, action="user.sign_out", object_type="user", object_key=by.pk,
           object_label=by.audit_name)  # fmt: skip


def _wait_for_turn(username: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"sign-in {username}"]
        )


def _enter(request: HttpRequest, user: User, how: str, at: datetime) -> None:
    login(request, user, backend=BACKEND)
    record(by=user, at=at, action="user.sign_in", object_type="user", object_key=user.pk,
           object_label=user.audit_name, detail={"how": how})  # fmt: skip


def _may_try(request: HttpRequest, user: User, at: datetime) -> bool:
    """False while account or address is locked; the middleware then answers with the lock."""
    _wait_for_turn(user.username)
    if AxesProxyHandler.is_allowed(request, {"username": user.username}):
        return True
    request.axes_locked_out = True  # type: ignore[attr-defined]
    _refused(user.username, "已锁定", at, by=user)
    return False


def _count_failure(request: HttpRequest, user: User, at: datetime) -> None:
    user_login_failed.send(
        sender="second factor", credentials={"username": user.username}, request=request
    )
    _refused(user.username, "动态口令不正确", at, by=user)


def _refused(username: str, reason: str, at: datetime, by: Actor | None = None) -> None:
    record(by=by or SystemActor("未登录"), at=at, action="user.sign_in",
           outcome=AuditEvent.Outcome.REFUSED, object_type="user",
           object_label=username[:SHOWN_LETTERS], reason=reason, clause=CLAUSE_IDENTITY)  # fmt: skip
