"""What the frame around every page shows: menu, who one is, where to change the password."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from organisations.queries.navigation import menu
from organisations.queries.people import role_words
from organisations.views.request_scope import request_scope, signed_in


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor; empty for fragments and for those who are not signed in."""
    user = signed_in(request)
    if user is None or request.headers.get("HX-Request") == "true":
        return {}
    scope = request_scope(request)
    organisation = user.organisation
    return {
        "nav": menu(scope, request.path) if not user.must_change_password else [],
        "user_line": {
            "organisation": organisation.name,
            "region": organisation.region.name if organisation.region else "",
            "person": f"{user.name}（代{user.acting_for.name}）" if user.acting_for else user.name,
            "role": role_words(user),
        },
        "links": {
            "home": reverse("home"),
            "search": reverse("product-search") if scope.is_business else "",
            "notices": reverse("notice-list"),
            "jobs": reverse("job-list"),
            "help": reverse("help"),
            "password": reverse("password-change"),
            "stand_in": reverse("stand-in"),
            "second_factor": reverse("second-factor"),
            "messages": reverse("message-settings"),
            "logout": reverse("logout"),
        },
    }
