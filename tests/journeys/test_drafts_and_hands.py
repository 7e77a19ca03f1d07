"""A draft that arrives late fills what nobody has touched yet, and never what a hand has written."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from inbox.models import Draft
from organisations.models import User
from tests.journeys.conftest import Open

pytestmark = pytest.mark.browser


def test_what_is_typed_before_the_draft_arrives_stays_and_the_rest_is_restored(
    sign_in: Open,
) -> None:
    user = User.objects.get(username="regulator")
    page: Any = sign_in("regulator")
    page.goto("/recalls/new/")
    key = page.locator("form[data-draft]").get_attribute("data-draft")
    page.fill("#id_reason", "上次写到这里")
    page.fill("#id_instruction", "停用并封存")
    page.locator("#id_instruction").blur()
    page.get_by_text("草稿已保存").wait_for()
    assert Draft.objects.get(user=user, key=key)

    asked, answer = Event(), []

    def hold(route: Any) -> None:
        if route.request.method == "GET":
            answer.append(route)
            asked.set()
        else:
            route.continue_()

    page.route("**/drafts/**", hold)
    page.goto("/recalls/new/")
    page.select_option("#id_level", "2")
    page.fill("#id_reason", "抽检不符合规定")
    assert asked.is_set(), "the page asks for its draft"
    page.wait_for_timeout(300)
    assert Draft.objects.get(user=user, key=key).values["instruction"] == ["停用并封存"]
    answer.pop().continue_()

    page.get_by_text("已恢复").wait_for()
    assert page.input_value("#id_reason") == "抽检不符合规定"
    assert page.input_value("#id_level") == "2"
    assert page.input_value("#id_instruction") == "停用并封存"
