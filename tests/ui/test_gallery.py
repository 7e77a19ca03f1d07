"""Every component, rendered and looked at in a real browser under the platform's own policy."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import RequestFactory

from core.views.gallery import PAGES, gallery
from tests.ui.axe import violations

PLAIN_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": PLAIN_FILES}}


class FormCounter(HTMLParser):
    """Counts forms opened inside a form: the browser drops them without a word."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.nested = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "form":
            self.depth += 1
            self.nested += self.depth > 1

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "form"


def nested_forms(text: str) -> int:
    counter = FormCounter()
    counter.feed(text)
    return counter.nested


def test_nested_forms_are_counted() -> None:
    assert nested_forms("<form><form></form></form><form></form>") == 1


@pytest.mark.parametrize("page", PAGES)
def test_gallery_page_leaves_no_component_unrendered(page: str, rf: RequestFactory) -> None:
    answer = gallery(rf.get("/gallery/"), page)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<c-" not in text
    assert "{{" not in text
    assert "{%" not in text
    assert nested_forms(text) == 0


@pytest.fixture
def opened(django_db_setup: None, live_server: Any, page: Any) -> Iterator[Any]:
    """A function that opens a page; whatever the browser then complains of fails the test."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(f"failed {request.url}"))
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add("/".join(request.url.split("/")[:3])))

    def open_page(path: str) -> Any:
        page.goto(f"{live_server.url}{path}")
        return page

    yield open_page
    assert complaints == []
    assert hosts == {live_server.url}


@pytest.mark.urls("tests.ui.addresses")
@pytest.mark.parametrize("width", [1366, 1920])
def test_dashboard_draws_map_and_charts_within_the_window(opened: Any, width: int) -> None:
    page = opened("/gallery/dashboard/")
    page.set_viewport_size({"width": width, "height": 768})
    page.wait_for_function("document.querySelectorAll('[data-chart] canvas').length === 3")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.urls("tests.ui.addresses")
def test_map_leads_to_the_region_that_is_clicked(opened: Any) -> None:
    page = opened("/gallery/dashboard/")
    place = page.locator("[data-chart='map-data']")
    place.locator("canvas").wait_for()
    place.scroll_into_view_if_needed()
    page.wait_for_timeout(600)
    box = place.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.53, box["y"] + box["height"] * 0.8)
    page.wait_for_url("**/?region=360700")


@pytest.mark.urls("tests.ui.addresses")
def test_dialog_ticks_and_drafts_work_without_inline_scripts(opened: Any) -> None:
    page = opened("/gallery/")
    page.click("[data-dialog-open]")
    assert page.locator("dialog[open] h2").inner_text() == "督办 3 件预警"
    page.keyboard.press("Escape")
    page.check("[data-tick-all]")
    assert page.locator("[data-bulk-count]").inner_text() == "6"
    quantity = page.locator("#id_quantity").first
    quantity.fill("1234567.5")
    quantity.press("Tab")
    assert quantity.input_value() == "1,234,567.5"
    page.reload()
    assert page.locator("#id_quantity").first.input_value() == "1,234,567.5"


@pytest.mark.urls("tests.ui.addresses")
def test_filters_replace_the_list_and_write_the_address(opened: Any) -> None:
    page = opened("/gallery/")
    page.evaluate("document.querySelector('#list').dataset.old = '1'")
    page.select_option("select[name=level]", "orange")
    page.wait_for_url("**/gallery/?*level=orange*")
    page.wait_for_function("!document.querySelector('#list').dataset.old")
    page.go_back()
    page.wait_for_url("**/gallery/")


@pytest.mark.urls("tests.ui.addresses")
def test_first_key_leads_past_the_navigation(opened: Any) -> None:
    page = opened("/gallery/dashboard/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


@pytest.mark.urls("tests.ui.addresses")
@pytest.mark.browser_context_args(bypass_csp=True)
def test_no_component_breaks_wcag(opened: Any) -> None:
    """Every state of every component, where pages show only some; one walk for all four pages."""
    wrong = {}
    for name in PAGES:
        page = opened(f"/gallery/{name}/" if name else "/gallery/")
        if found := violations(page):
            wrong[name] = found
    assert wrong == {}
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input type=text>')")
    assert "label" in {rule for rule, _ in violations(page)}


@pytest.mark.urls("tests.ui.addresses")
@pytest.mark.parametrize("width", [312, 400])
def test_navigation_on_a_phone_is_shut_until_it_is_tapped(opened: Any, width: int) -> None:
    page = opened("/gallery/dashboard/")
    page.set_viewport_size({"width": width, "height": 740})
    opener, first = page.locator("[data-nav-open]"), page.locator(".zc-nav-link").first
    assert not first.is_visible()
    opener.click()
    assert first.is_visible() and opener.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.zc-nav') !== null")
    page.keyboard.press("Escape")
    assert not first.is_visible()
    assert page.evaluate("document.activeElement.matches('[data-nav-open]')")
    page.keyboard.press("Enter")
    first.evaluate("link => link.setAttribute('href', '#content')")
    first.click()
    assert not first.is_visible(), "a choice shuts it, also one that stays on the page"
    opener.click()
    page.locator(".zc-top-button").first.focus()
    assert not first.is_visible(), "it does not cover what one has gone on to"
    page.set_viewport_size({"width": 1366, "height": 768})
    assert first.is_visible() and not opener.is_visible()


@pytest.mark.urls("tests.ui.addresses")
def test_without_scripts_navigation_and_confirmations_stand_on_the_page(
    django_db_setup: None, live_server: Any, browser: Any
) -> None:
    window = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = window.new_page()
    page.goto(f"{live_server.url}/gallery/")
    assert page.locator(".zc-nav-link").first.is_visible()
    dialog = page.locator("dialog.zc-dialog:not(.zc-dialog-side)").first
    assert dialog.is_visible() and dialog.locator("button[type=submit]").is_visible()
    assert not page.locator("button[data-dialog-open]").first.is_visible()
    window.close()
