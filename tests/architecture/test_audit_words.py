"""No code of the trail reaches the auditor's eyes: every action and every object has its words."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from core.audit.record import SystemActor, record
from core.transitions import MACHINES
from organisations.queries.audit_words import (
    ACTIONS,
    action_words,
    actions_called,
    object_choices,
    object_words,
)
from organisations.queries.event_values import before_and_after
from tests.architecture.audited_actions import literal_actions
from tests.factories import organisations as make


@pytest.fixture(autouse=True)
def everything_loaded() -> None:
    _ = get_resolver().url_patterns


def test_every_action_of_the_code_has_its_words() -> None:
    """A new action is named in organisations/queries/audit_words.py."""
    unnamed = {
        action: path for action, path in literal_actions().items() if action_words(action) == action
    }
    assert unnamed == {}


def test_every_step_of_every_machine_names_itself() -> None:
    assert len(MACHINES) >= 5
    silent = [
        f"{machine.name}.{step.verb}"
        for machine in MACHINES.values()
        for step in machine.transitions
        if action_words(f"{machine.name}.{step.verb}") == f"{machine.name}.{step.verb}"
    ]
    assert silent == []


def test_the_walk_finds_actions_however_they_are_handed_on() -> None:
    """A direct one, one of two branches, one through a function of the module."""
    found = literal_actions()
    assert {"user.invite", "organisation.switch_on", "webhook.register"} <= set(found)
    assert len(found) >= 80


def test_no_two_actions_share_their_words() -> None:
    shared = {words for words in ACTIONS.values() if list(ACTIONS.values()).count(words) > 1}
    assert shared == set()


def test_no_two_kinds_of_object_share_their_words() -> None:
    """The auditor chooses one from a list and could not tell them apart."""
    words = [label for _, label in object_choices()]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_step_of_a_machine_tells_its_states_in_words() -> None:
    rows, rest = before_and_after(
        "registration", {"from": "in_review", "to": "returned", "review_note": "缺证照"}
    )
    assert [(row.name, row.before, row.after) for row in rows] == [("状态", "审核中", "退回补正")]
    assert [(each.name, each.value) for each in rest] == [("审核意见", "缺证照")]


def test_roles_before_and_after_are_words() -> None:
    detail = {"before": {"roles": ["clerk"]}, "after": {"roles": ["clerk", "leader"]}}
    rows, rest = before_and_after("user", detail)
    assert (rows[0].before, rows[0].after, rest) == ("经办", "经办、负责人", [])


def test_counts_inside_a_value_are_words_too() -> None:
    _, rest = before_and_after("month", {"warnings": {"opened": 2, "recovered": 0, "updated": 1}})
    assert [(each.name, each.value) for each in rest] == [("预警", "新发出 2；恢复 0；更新 1")]


@pytest.mark.django_db
def test_auditor_finds_by_person_object_action_and_day() -> None:
    client = Client()
    client.force_login(make.administrator("auditor"))
    at = timezone.now()
    by = SystemActor("查找人")
    record(by=by, at=at, action="user.invite", object_type="user", object_key="77",
           object_label="张三")  # fmt: skip
    record(by=SystemActor("别人"), at=at, action="token.issue", object_type="api_token",
           object_key="77")  # fmt: skip
    day = timezone.localdate(at).isoformat()
    for query in ("actor=查找人", "action=添加人员", "action=user.inv", "object_type=user&q=77",
                  f"q=张三&date_from={day}&date_to={day}"):  # fmt: skip
        page = client.get(f"/platform/audit/?{query}")
        assert [row.action for row in page.context["rows"]] == ["user.invite"], query
    text = page.content.decode()
    assert "添加人员" in text
    assert "user.invite" not in text
    assert "?object_type=user&amp;q=77" in text


def test_codes_of_actions_are_found_by_their_words() -> None:
    assert "user.switch_off" in actions_called("停用账号")
    assert "announcement.publish" in actions_called("审核并发布")
    assert object_words("user") == "人员"
