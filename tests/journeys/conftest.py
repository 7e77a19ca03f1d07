"""A computed sample province behind a real server, and people who open it in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from organisations.models import User
from organisations.operations.demo_codes import demo_code
from organisations.operations.demo_people import create_demo_people
from organisations.rules import second_factor_is_forced
from tests.databases.sample import SampleOf
from tests.factories.people import SECRET
from tests.monitoring.indicators.provinces import NOW, TESTER

PASSWORD = "Lvcheng-2026-cs"
MONTH = date(2026, 3, 1)
PATIENCE = 60_000
"""Milliseconds that a page may take to show what is waited for: other tests run beside this one."""

TAKEN_BACK = ("htmx:sendAbort", "htmx:afterRequest")
"""What htmx calls an error where the page itself gives a request up for a newer one; the request
of a server that cannot be reached is `htmx:sendError` besides."""


def next_code(username: str) -> str:
    """What the person's app will show: a code of this half minute, or of the next where it is used."""
    return demo_code(User.objects.get(username=username), timezone.now())


@pytest.fixture
def province(live_server: Any, settings: Any, sample_of: SampleOf) -> Iterator[str]:
    """The sample province, computed for 2026-03, with one person per role; the server's address."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    with sample_of(MONTH):
        create_demo_people(password=PASSWORD, by=TESTER, at=NOW, secret=SECRET)
        User.objects.update(must_change_password=False)
        yield str(live_server.url)


@pytest.fixture
def sign_in(province: str, browser: Any, browser_context_args: dict[str, Any]) -> Iterator[Any]:
    """A function: sign in by user name in a browser window of one's own; gives the page.

    Whatever a page asks of another host, or the browser complains of, fails the test.
    """
    complaints: list[str] = []
    windows = []
    expect.set_options(timeout=PATIENCE)

    def open_as(username: str) -> Any:
        window = browser.new_context(base_url=province, **browser_context_args)
        window.set_default_timeout(PATIENCE)
        windows.append(window)
        page = window.new_page()
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{username}: {said.text}")
                if said.type == "error"
                and not said.text.startswith(TAKEN_BACK)
                and not any(words in said.text for words in ("status of 4", "Error Code 4"))
                else None
            ),
        )
        page.on(
            "request",
            lambda asked: (
                complaints.append(f"{username}: {asked.url}")
                if not asked.url.startswith((province, "data:", "blob:"))
                else None
            ),
        )
        page.goto("/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        if second_factor_is_forced(User.objects.get(username=username)):
            page.wait_for_url("**/login/code/")
            page.fill("input[name=code]", next_code(username))
            page.click("button[type=submit]")
        page.wait_for_url(lambda address: "/login/" not in address)
        return page

    yield open_as
    for window in windows:
        window.close()
    assert complaints == []


Open = Callable[[str], Any]
