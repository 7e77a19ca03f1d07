"""The rules of passwords, locks and sessions in force, and their history."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from organisations.models import SecurityPolicy
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within


@dataclass(frozen=True)
class PolicyValues:
    """The values that count, whoever set them."""

    password_length: int
    password_days: int
    password_history: int
    failure_limit: int
    lock_minutes: int
    idle_minutes: int
    absolute_hours: int
    second_factor_kinds: tuple[str, ...] = ()


def policy_in_force() -> PolicyValues:
    """The newest setting of the security administrator; before the first, the environment's."""
    row = SecurityPolicy.objects.order_by("-pk").first()
    if row is None:
        return PolicyValues(
            password_length=10,
            password_days=90,
            password_history=5,
            failure_limit=settings.LOGIN_FAILURE_LIMIT,
            lock_minutes=settings.LOGIN_LOCK_MINUTES,
            idle_minutes=settings.SESSION_IDLE_SECONDS // 60,
            absolute_hours=settings.SESSION_ABSOLUTE_SECONDS // 3600,
        )
    return PolicyValues(
        password_length=row.password_length,
        password_days=row.password_days,
        password_history=row.password_history,
        failure_limit=row.failure_limit,
        lock_minutes=row.lock_minutes,
        idle_minutes=row.idle_minutes,
        absolute_hours=row.absolute_hours,
        second_factor_kinds=tuple(row.second_factor_kinds),
    )


def visible_security_policies(scope: Scope) -> QuerySet[SecurityPolicy]:
    """Every setting, newest first, for the security administrator and the auditor."""
    seen = scope.active and scope.platform_role in ("security", "auditor")
    rows = SecurityPolicy.objects.order_by("-pk")
    return within(scope, rows, None if seen else NOTHING)
