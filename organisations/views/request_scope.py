"""The scope of a request, built once and kept on it."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.utils import timezone

from organisations.models import User
from organisations.queries.scope import Scope, scope_of


def signed_in(request: HttpRequest) -> User | None:
    """The person or service user of a request; None for nobody."""
    user = getattr(request, "user", None)
    return cast(User, user) if user is not None and user.is_authenticated else None


def request_scope(request: HttpRequest) -> Scope:
    """The scope of a signed-in request; raises RuntimeError where nobody is signed in."""
    kept: Scope | None = getattr(request, "scope", None)
    if kept is None:
        user = signed_in(request)
        if user is None:
            raise RuntimeError("a scope was asked for a request without a user")
        kept = scope_of(user, timezone.localdate())
        request.scope = kept  # type: ignore[attr-defined]
    return kept
