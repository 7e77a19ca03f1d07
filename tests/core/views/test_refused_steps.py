"""A refused step: the person stays in the object's page, with the reason, who was first, and their own words."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.audit.models import AuditEvent
from monitoring.models import Warning
from monitoring.operations.answer_warning import explain_warning
from tests.factories import organisations as make
from tests.factories import stages
from tests.monitoring.warnings.cast import NOW, Cast, the_cast

pytestmark = pytest.mark.django_db

WORDS = "冷链车故障，已改由备用车辆配送"
HOST = "http://testserver"


@pytest.fixture
def cast() -> Cast:
    cast = the_cast()
    stages.warning_month(cast.warning)
    return cast


def page_of(cast: Cast) -> str:
    return reverse("warning-detail", args=[cast.warning.warning_no])


def second(cast: Cast, client: Client, came_from: str | None, **headers: str) -> Any:
    """A colleague explains first; then the clerk sends a page that was opened before."""
    seen = Warning.objects.get(pk=cast.warning.pk).row_version
    first = make.person(cast.hospital, "clerk", name="先办的同事")
    explain_warning(
        warning=cast.warning, explanation="同事先写的说明", uploads=[], by=first,
        scope=cast.scope(first), at=NOW + timedelta(hours=1), seen_version=seen,
    )  # fmt: skip
    client.force_login(cast.clerk)
    if came_from is not None:
        headers["referer"] = came_from
    return client.post(
        reverse("warning-explain", args=[cast.warning.warning_no]),
        {"explanation": WORDS, "version": seen},
        headers=headers,
    )


def test_who_comes_second_stays_in_the_page_with_what_changed_and_their_words(
    cast: Cast, client: Client
) -> None:
    answer = second(cast, client, HOST + page_of(cast))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert answer.resolver_match.url_name == "warning-explain"
    assert 'class="zc-side' in page, "the frame with its navigation"
    assert cast.warning.warning_no in page
    assert "同事先写的说明" in page, "the page as it stands now"
    said = re.sub(r"<[^>]+>", "", page[page.index("data-refused") : page.index("refused-sent")])
    assert "没有办理，没有写入任何数据" in said
    assert "最近一次变动：甲医院　先办的同事" in said
    assert "2026-04-02 10:00" in said
    assert WORDS in said, "the words that were typed"
    assert f'<a href="{page_of(cast)}">打开最新页面</a>' in page
    assert Warning.objects.get(pk=cast.warning.pk).explanation == "同事先写的说明"


def test_script_gets_what_was_sent_without_marks_and_tokens(cast: Cast, client: Client) -> None:
    page = second(cast, client, HOST + page_of(cast)).content.decode()
    found = re.search(r'id="refused-sent" type="application/json">(.+?)</script>', page)
    assert found is not None
    assert json.loads(found[1]) == {
        "path": reverse("warning-explain", args=[cast.warning.warning_no]),
        "values": {"explanation": [WORDS]},
    }


def test_form_in_error_whose_address_cannot_be_read_leads_to_the_page_above(
    cast: Cast, client: Client
) -> None:
    """After an input that was wrong the browser stands at the step's own address."""
    step = reverse("warning-explain", args=[cast.warning.warning_no])
    answer = second(cast, client, HOST + step)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "同事先写的说明" in page
    assert f'<a href="{page_of(cast)}">打开最新页面</a>' in page


@pytest.mark.parametrize("came_from", [None, "https://elsewhere.example/orders/"])
def test_browser_that_hides_where_it_was_gets_the_page_above_the_step(
    cast: Cast, client: Client, came_from: str | None
) -> None:
    answer = second(cast, client, came_from)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "同事先写的说明" in page
    assert WORDS in page


def test_without_a_page_of_ours_the_words_and_the_way_on_are_still_told(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.health)
    answer = client.post(
        reverse("warning-explain", args=[cast.warning.warning_no]),
        {"explanation": WORDS, "version": 1},
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "data-refused" not in page
    assert WORDS in page
    assert f'href="{page_of(cast)}"' in page


def test_fragment_gets_no_page(cast: Cast, client: Client) -> None:
    answer = second(cast, client, HOST + page_of(cast), **{"hx-request": "true"})
    assert answer.status_code == 409
    assert "data-refused" not in answer.content.decode()


def test_refusal_shown_in_the_page_is_recorded_like_any_other(cast: Cast, client: Client) -> None:
    second(cast, client, HOST + page_of(cast))
    event = AuditEvent.objects.filter(action="request.refused").latest("pk")
    assert event.outcome == "refused"
    assert event.detail["status"] == 409
    assert event.detail["route"] == "warning-explain"
    assert "先办的同事" in event.reason


def test_step_that_became_somebody_elses_keeps_the_words_too(cast: Cast, client: Client) -> None:
    """The right was taken back while the page was open: 403, in the page."""
    client.force_login(cast.health)
    answer = client.post(
        reverse("warning-explain", args=[cast.warning.warning_no]),
        {"explanation": WORDS, "version": 1},
        headers={"referer": HOST + page_of(cast)},
    )
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "data-refused" in page
    assert WORDS in page


def test_page_that_is_no_longer_theirs_is_not_shown(cast: Cast, client: Client) -> None:
    """A Referer is only a wish: what it names is read with the person's own sight."""
    other = stages.warning(make.organisation("institution", name="别处医院"), group_code="G-OTHER")
    answer = second(cast, client, HOST + reverse("warning-detail", args=[other.warning_no]))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "别处医院" not in page
    assert other.warning_no not in page


def test_words_are_shown_as_words(cast: Cast, client: Client) -> None:
    client.force_login(cast.health)
    page = client.post(
        reverse("warning-explain", args=[cast.warning.warning_no]),
        {"explanation": "说明<script>alert(1)</script>", "version": 1},
        headers={"referer": HOST + page_of(cast)},
    ).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
