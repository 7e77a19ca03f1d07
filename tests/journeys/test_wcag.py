"""WCAG 2.2 A and AA by axe-core in the browser, on the main pages of six kinds of people; it finds what is planted."""

from __future__ import annotations

from typing import Any

import pytest

from monitoring.models import Warning
from organisations.models import User
from tests.journeys.conftest import PASSWORD
from tests.ui.axe import violations

pytestmark = pytest.mark.browser
PAGES = {
    "province": (
        "/", "/monitoring/", "/monitoring/warnings/?severity=red", "/jobs/", "/directory/",
        "/catalog/batches/", "/imports/", "/policies/changes/", "/announcements/new/",
        "/policies/jiangxi-2024/parameters/non_selected_share_max/change/",
    ),
    "hospital": ("/", "/tasks/", "/notices/", "/monitoring/warnings/?sort=due", "/views/", "/help/"),
    "manufacturer": ("/catalog/products/?sort=price",),
    "sysadmin": ("/platform/organisations/?q=ncs",),
    "secadmin": ("/platform/accounts/", "/platform/security/"),
    "auditor": ("/platform/audit/",),
}  # fmt: skip


@pytest.fixture
def looking(province: str, browser: Any, browser_context_args: dict[str, Any]) -> Any:
    """A function: a page of one's own, signed in; scripts of the test may run beside the policy."""
    from django.test import Client

    def open_as(username: str) -> Any:
        client = Client()
        client.force_login(User.objects.get(username=username))
        window = browser.new_context(base_url=province, bypass_csp=True, **browser_context_args)
        cookie = client.cookies["sessionid"].value
        window.add_cookies([{"name": "sessionid", "value": cookie, "url": province}])
        return window.new_page()

    assert PASSWORD
    return open_as


def test_pages_have_no_violation_and_planted_faults_are_found(looking: Any) -> None:
    """One walk, because a computed province is dear."""
    wrong: dict[str, Any] = {}
    for username, paths in PAGES.items():
        page = looking(username)
        for path in paths:
            answer = page.goto(path)
            assert answer.status == 200, (username, path)
            wrong |= seen(page, f"{username} {path}")
    wrong |= object_form_dialog_and_paper(looking("hospital"))
    assert wrong == {}
    assert planted(looking("auditor")) >= {"label", "image-alt", "color-contrast"}


def seen(page: Any, where: str) -> dict[str, Any]:
    found = violations(page)
    too_wide = page.evaluate("document.documentElement.scrollWidth") > 1366
    told: dict[str, Any] = {where: found} if found else {}
    return told | ({f"{where} is too wide": True} if too_wide else {})


def object_form_dialog_and_paper(page: Any) -> dict[str, Any]:
    hospital = User.objects.get(username="hospital").organisation
    warning = Warning.objects.filter(institution=hospital, state="open").order_by("pk")[0]
    address = f"/monitoring/warnings/{warning.warning_no}/"
    page.goto(address)
    wrong = seen(page, "warning")
    page.get_by_role("link", name="本页帮助").click()
    wrong |= seen(page, "help")
    page.goto(f"{address}print/")
    wrong |= seen(page, "paper")
    page.goto("/monitoring/warnings/?severity=purple")
    return wrong | seen(page, "refusal")


def planted(page: Any) -> set[str]:
    """The control: three faults put into a page."""
    page.goto("/")
    page.evaluate(
        """document.querySelector('main').insertAdjacentHTML('beforeend',
        '<input type="text"><img src="/static/img/mark.svg"><p id="pale">很淡的一行字</p>')"""
    )
    page.add_style_tag(content="#pale { color: #ddd; background: #fff; }")
    return {rule for rule, _ in violations(page)}
