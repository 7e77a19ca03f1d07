"""Accounts as lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum

from organisations.models import SecondFactor, User
from organisations.queries.scope import Scope
from organisations.queries.security_policy import policy_in_force
from organisations.queries.visible import visible_users


def people_of(scope: Scope) -> QuerySet[User]:
    """The people of the own organisation, without the service users of tokens."""
    return (
        visible_users(scope)
        .filter(organisation_id=scope.organisation_id, is_service=False)
        .select_related("organisation__region")
        .order_by("-is_active", "username")
    )


def accounts(scope: Scope, now: datetime) -> QuerySet[User]:
    """All people's accounts with `is_locked` and `has_factor`, for the security administrator."""
    lock = _locked_usernames(now).filter(username=OuterRef("username"))
    factor = SecondFactor.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
    return (
        visible_users(scope)
        .filter(is_service=False)
        .annotate(is_locked=Exists(lock), has_factor=Exists(factor))
        .select_related("organisation__region")
        .order_by("username")
    )


def only_locked(rows: QuerySet[User], now: datetime) -> QuerySet[User]:
    """Of these accounts those that cannot sign in for the moment."""
    return rows.filter(username__in=_locked_usernames(now))


def _locked_usernames(now: datetime) -> QuerySet[Any, Any]:
    """Failures from several addresses add up, as they do for the lock-out."""
    policy = policy_in_force()
    since = now - timedelta(minutes=policy.lock_minutes)
    locked: QuerySet[Any, Any] = (
        AccessAttempt.objects.filter(attempt_time__gte=since)
        .values("username")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=policy.failure_limit)
        .values("username")
    )
    return locked


@dataclass(frozen=True)
class LockedAddress:
    """An address from which nobody can sign in until the lock ends."""

    address: str
    failures: int
    last_at: datetime
    ends_at: datetime


def locked_addresses(scope: Scope, now: datetime) -> list[LockedAddress]:
    """Of the present moment, the newest first; for the security administrator alone."""
    if not scope.active or scope.platform_role != User.PlatformRole.SECURITY:
        return []
    policy = policy_in_force()
    lasts = timedelta(minutes=policy.lock_minutes)
    rows = (
        AccessAttempt.objects.filter(attempt_time__gte=now - lasts, ip_address__isnull=False)
        .values("ip_address")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
        .filter(failures__gte=policy.failure_limit)
        .order_by("-last")
    )
    return [
        LockedAddress(row["ip_address"], row["failures"], row["last"], row["last"] + lasts)
        for row in rows
    ]


def matching_prefixed(path: str, words: str) -> Q:
    """Rows whose person at `path` has this username, name or initials, or organisation."""
    return (
        Q(**{f"{path}username__icontains": words})
        | Q(**{f"{path}name__icontains": words})
        | Q(**{f"{path}initials__istartswith": words})
        | Q(**{f"{path}organisation__name__icontains": words})
        | Q(**{f"{path}organisation__initials__istartswith": words})
        | Q(**{f"{path}organisation__code__istartswith": words})
    )


def person_matching(words: str) -> Q:
    """Accounts by username, name, its initials, or phone."""
    return (
        Q(username__icontains=words)
        | Q(name__icontains=words)
        | Q(initials__istartswith=words)
        | Q(phone__startswith=words)
    )


def matching(words: str) -> Q:
    """Accounts by username, name or organisation, these two by initials too."""
    return matching_prefixed("", words)


def role_words(user: User) -> str:
    """The person's roles in Chinese, for reading."""
    if user.platform_role:
        return str(User.PlatformRole(user.platform_role).label)
    return "、".join(str(User.Role(role).label) for role in user.effective_roles)
