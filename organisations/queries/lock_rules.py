"""The numbers of the lock-out as django-axes asks for them at each attempt."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from organisations.queries.security_policy import policy_in_force


def failure_limit(request: HttpRequest | None = None, credentials: Any = None) -> int:
    """How many failures in a row lock."""
    return policy_in_force().failure_limit


def lock_lasts(request: HttpRequest | None = None) -> timedelta:
    """How long a lock lasts."""
    return timedelta(minutes=policy_in_force().lock_minutes)
