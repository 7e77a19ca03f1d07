"""Sessions end: after 30 idle minutes, after 12 hours, and at once when the account changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from organisations.models import User
from organisations.queries.delegations import live_delegation
from organisations.queries.security_policy import policy_in_force
from organisations.rules import session_has_ended
from organisations.views.request_scope import signed_in

STARTED, SEEN, EPOCH = "started_at", "seen_at", "epoch"
ACTING = "acting"
"""The delegation by which the person acts for a colleague now."""
LIMITS = "limits"
"""Idle minutes and absolute hours, as in force when the session began."""
WRITTEN_EVERY = timedelta(minutes=1)
POLL_HEADER = "Zc-Poll"
"""Sent by fragments that refresh by themselves; they do not count as activity."""


class SessionRulesMiddleware:
    """Signs out whoever's session is over, before any view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = signed_in(request)
        if user is not None:
            now = timezone.now()
            reason = _why_over(request, user, now)
            if reason:
                logout(request)
                if not request.path.startswith("/api/"):
                    messages.warning(request, reason)
            else:
                _stand_in(request, user, now)
                if POLL_HEADER not in request.headers:
                    _note_activity(request, now)
        return self.get_response(request)


def stamp_session(request: HttpRequest, user: User) -> None:
    """Begin a session: when, and under which version of the account."""
    now = timezone.now().isoformat()
    request.session[STARTED] = now
    request.session[SEEN] = now
    request.session[EPOCH] = user.session_epoch
    policy = policy_in_force()
    request.session[LIMITS] = [policy.idle_minutes, policy.absolute_hours]


def _stamp_on_sign_in(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    stamp_session(request, user)


# Django's own signal, so that no way of signing in can leave a session without its limits.
user_logged_in.connect(_stamp_on_sign_in, dispatch_uid="organisations.stamp_session")


def _why_over(request: HttpRequest, user: User, now: datetime) -> str:
    session = request.session
    if session.get(EPOCH) != user.session_epoch or STARTED not in session:
        return "账号信息已变更，请重新登录"
    idle_minutes, absolute_hours = session.get(LIMITS, (5, 1))
    return session_has_ended(
        started_at=datetime.fromisoformat(session[STARTED]),
        seen_at=datetime.fromisoformat(session[SEEN]),
        now=now,
        idle=timedelta(minutes=idle_minutes),
        absolute=timedelta(hours=absolute_hours),
    )


def _stand_in(request: HttpRequest, user: User, now: datetime) -> None:
    """Put on whom the person stands in for; ends by itself with the delegation."""
    chosen = request.session.get(ACTING)
    if chosen is None:
        return
    live = live_delegation(user, chosen, now)
    if live is None:
        del request.session[ACTING]
        messages.warning(request, "代办已到期或被取消，已恢复本人身份")
        return
    user.acting_for = live.absent


def _note_activity(request: HttpRequest, now: datetime) -> None:
    if now - datetime.fromisoformat(request.session[SEEN]) > WRITTEN_EVERY:
        request.session[SEEN] = now.isoformat()
