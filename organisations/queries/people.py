"""Accounts as lists show them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from organisations.models import User
from organisations.queries.scope import Scope
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
    """All people's accounts with `is_locked`, for the security administrator."""
    lock = _locked_usernames(now).filter(username=OuterRef("username"))
    return (
        visible_users(scope)
        .filter(is_service=False)
        .annotate(is_locked=Exists(lock))
        .select_related("organisation__region")
        .order_by("username")
    )


def only_locked(rows: QuerySet[User], now: datetime) -> QuerySet[User]:
    """Of these accounts those that cannot sign in for the moment."""
    return rows.filter(username__in=_locked_usernames(now))


def _locked_usernames(now: datetime) -> QuerySet[Any, Any]:
    """Failures from several addresses add up, as they do for the lock-out."""
    since = now - timedelta(hours=settings.AXES_COOLOFF_TIME)
    locked: QuerySet[Any, Any] = (
        AccessAttempt.objects.filter(attempt_time__gte=since)
        .values("username")
        .annotate(failures=Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
        .values("username")
    )
    return locked


def matching(words: str) -> Q:
    """Accounts by username, name or organisation."""
    return (
        Q(username__icontains=words)
        | Q(name__icontains=words)
        | Q(organisation__name__icontains=words)
    )
