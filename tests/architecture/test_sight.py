"""Rows reach pages only through visible_… queries: read off the source and the addresses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from rest_framework.views import APIView

from organisations.api.base import ScopedEndpoint
from organisations.states import TOKEN_SUBJECTS
from organisations.views.scoped import ScopedView
from tests.matrix.routes import all_patterns

ROOMS = ("views", "api", "forms", "filters", "tables")
MANAGERS = {"objects", "_default_manager", "_base_manager"}
PUBLIC = {
    "login",
    # Between the two factors: about the one person whose password was right, and nobody else.
    "login-outside",
    "login-outside-back",
    "login-code",
    # Filed without an account; a receipt's page shows nothing personal.
    "register",
    "register-kind",
    "register-receipt",
    "register-edit",
    "login-enrol",
    "login-enrol-picture",
    "healthz",
    "readyz",
    "metrics",
    "api-schema",
    "api-docs",
    "gallery",
    "gallery-page",
    # Read by everybody; rows come from queries that hold public columns only.
    "guide-list",
    "public-answers",
    "guide-mine",
    "guide",
    "guide-file",
    "public-announcement-list",
    "public-announcement",
    "public-announcement-file",
}
"""Addresses that show no rows of anybody."""


def _sources() -> list[Path]:
    root = Path(settings.BASE_DIR)
    return sorted(
        path
        for app in settings.OUR_APPS
        if app != "core"
        for room in ROOMS
        for path in [root / app / f"{room}.py", *(root / app / room).rglob("*.py")]
        if path.exists()
    )


def managers_in(source: str) -> Iterator[int]:
    """Lines that reach for a model's manager."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
            yield node.lineno


@pytest.mark.parametrize("path", _sources(), ids=lambda path: "/".join(path.parts[-3:]))
def test_no_manager_outside_queries_and_operations(path: Path) -> None:
    assert list(managers_in(path.read_text(encoding="utf-8"))) == []


def test_a_manager_would_be_found() -> None:
    """The control."""
    assert list(managers_in("x = 1\nOrder.objects.all()\n")) == [2]


def test_every_address_is_of_a_scoped_view() -> None:
    open_ones = []
    for pattern in all_patterns():
        view = getattr(pattern.callback, "view_class", None) or getattr(
            pattern.callback, "cls", None
        )
        scoped = isinstance(view, type) and issubclass(view, (ScopedView, ScopedEndpoint))
        if not scoped and pattern.name not in PUBLIC:
            open_ones.append(pattern.name or str(pattern.pattern))
    assert open_ones == []


def test_every_endpoint_names_what_a_token_needs() -> None:
    unknown = []
    for pattern in all_patterns():
        view = getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, APIView) and pattern.name not in PUBLIC:
            subject = getattr(view, "token_subject", "")
            if subject not in TOKEN_SUBJECTS:
                unknown.append((pattern.name, subject))
    assert unknown == []
