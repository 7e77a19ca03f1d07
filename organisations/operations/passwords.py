"""Passwords: changed by their owner, or set anew by an administrator for one use."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from core.audit.record import Actor, record
from core.operations import operation
from core.transitions import MissingInput
from organisations.models import PasswordRecord, User
from organisations.queries.security_policy import policy_in_force
from organisations.rules import CLAUSE_IDENTITY

_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_CAPITALS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_DIGITS = "23456789"
ONE_TIME_LENGTH = 14
MOST_KEPT = 24


def one_time_password() -> str:
    """A random password of letters that are not mistaken for each other; shown once."""
    pools = (_LETTERS, _CAPITALS, _DIGITS)
    kinds = [
        *range(len(pools)),
        *(secrets.randbelow(len(pools)) for _ in range(ONE_TIME_LENGTH - 3)),
    ]
    secrets.SystemRandom().shuffle(kinds)
    return "".join(secrets.choice(pools[kind]) for kind in kinds)


def end_sessions(user: User) -> None:
    """Make every session of the account end at its next request; the caller saves."""
    user.session_epoch += 1


@operation
def change_password(*, user: User, current: str, new: str, by: User, at: datetime) -> User:
    """The owner changes the password; all other sessions end.

    Raises MissingInput naming `current` or `new`.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.check_password(current):
        raise MissingInput("current", "原口令不正确", CLAUSE_IDENTITY)
    if locked.check_password(new):
        raise MissingInput("new", "新口令不能与原口令相同", CLAUSE_IDENTITY)
    if _was_used(locked, new):
        number = policy_in_force().password_history
        raise MissingInput("new", f"新口令不能与最近 {number} 次用过的口令相同", CLAUSE_IDENTITY)
    try:
        validate_password(new, locked)
    except ValidationError as error:
        raise MissingInput("new", "".join(error.messages), CLAUSE_IDENTITY) from error
    _set(locked, new, must_change=False, at=at)
    record(by=by, at=at, action="user.change_password", object_type="user", object_key=locked.pk,
           object_label=locked.audit_name)  # fmt: skip
    return locked


@operation
def set_one_time_password(*, user: User, by: Actor, at: datetime) -> str:
    """Give the account a password that must be changed at the next sign-in; all sessions end."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    password = one_time_password()
    _set(locked, password, must_change=True, at=at)
    record(by=by, at=at, action="user.reset_password", object_type="user", object_key=locked.pk,
           object_label=locked.audit_name)  # fmt: skip
    return password


def _was_used(user: User, password: str) -> bool:
    """Compared with as many former passwords as the policy names; each comparison is slow."""
    kept = PasswordRecord.objects.filter(user=user).order_by("-set_at", "-pk")
    former = kept.values_list("password", flat=True)[: policy_in_force().password_history]
    return any(check_password(password, held) for held in former)


def _keep_former(user: User, at: datetime) -> None:
    """The password that is about to go; no more than any policy may ask for are kept."""
    if user.password and user.has_usable_password():
        PasswordRecord.objects.create(user=user, password=user.password, set_at=at)
    newest = PasswordRecord.objects.filter(user=user).order_by("-set_at", "-pk")
    PasswordRecord.objects.filter(user=user).exclude(
        pk__in=list(newest.values_list("pk", flat=True)[:MOST_KEPT])
    ).delete()


def _set(user: User, password: str, *, must_change: bool, at: datetime) -> None:
    _keep_former(user, at)
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = at
    end_sessions(user)
    user.save(
        update_fields=["password", "must_change_password", "password_changed_at", "session_epoch"]
    )
