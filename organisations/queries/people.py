"""Accounts as lists show them."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

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
    since = now - timedelta(hours=settings.AXES_COOLOFF_TIME)
    lock = AccessAttempt.objects.filter(
        username=OuterRef("username"),
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gte=since,
    )
    return (
        visible_users(scope)
        .filter(is_service=False)
        .annotate(is_locked=Exists(lock))
        .select_related("organisation__region")
        .order_by("username")
    )


def matching(words: str) -> Q:
    """Accounts by username, name or organisation."""
    return (
        Q(username__icontains=words)
        | Q(name__icontains=words)
        | Q(organisation__name__icontains=words)
    )
