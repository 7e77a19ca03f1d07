"""Policies to read: values in words with their clause, side by side, and since when."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.audit.record import SystemActor
from organisations.models import User
from organisations.queries.scope import scope_of
from policy.models import Parameter, Policy
from policy.operations.set_value import set_value
from policy.queries.parse import parse_value
from policy.queries.policy_page import comparison, parameter_history, policy_cards
from policy.queries.words import value_words

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("non_selected_share_max", "0.30", "30%"),
        ("report_rise_max", "1.50", "150%"),
        ("retention_accuracy_tolerance", "0.125", "12.5%"),
        ("commitment_letter", "1", "是"),
        ("commitment_letter", "0", "否"),
        ("entry_check_month", "3", "第 3 个月"),
        ("payment_due", "1", "1 个月"),
        ("reply_workdays", "2", "2 个工作日"),
        ("response_hours", "48", "48 小时"),
        ("dual_approval_amount", "1000000", "1,000,000 元"),
        ("max_distributors_per_pool", "0", "不限"),
        ("max_distributors_per_pool", "1", "1 家"),
        ("ship_void_days", "0", "不作废"),
        ("overrun_multiple", "4", "4 倍"),
        ("payment_mode", "fund", "医保基金直接结算"),
        ("agreed_ratio", "0.50/0.60/0.70/0.80", "1家 50% / 2家 60% / 3家 70% / 4家及以上 80%"),
        ("agreed_ratio", "1", "100%"),
        ("half_year_report", "01-10,07-10", "01-10、07-10"),
    ],
)
def test_value_in_words(db: None, key: str, text: str, words: str) -> None:
    assert value_words(Parameter.objects.get(key=key), parse_value(key, text)) == words


def test_every_choice_of_every_parameter_has_words(db: None) -> None:
    for parameter in Parameter.objects.filter(value_type="choice"):
        for choice in parameter.choices:
            assert value_words(parameter, choice) != choice, parameter.key


def test_what_is_not_in_force_says_so(db: None) -> None:
    assert value_words(Parameter.objects.get(key="report_drop_max"), None) == "不在执行"


def test_own_province_comes_first_with_its_present_policy(reviewer: User) -> None:
    scope = scope_of(reviewer, TODAY)
    cards = {card.policy.code: card for card in policy_cards(scope, TODAY)}
    assert {code: card.stage for code, card in cards.items()} == {
        "jiangxi-2019": "仅用于按其执行的批次",
        "jiangxi-2024": "仅用于按其执行的批次",
        "jiangxi-2026": "现行",
        "shandong-2023": "现行",
        "shaanxi-2024": "现行",
    }
    assert all(card.total == Parameter.objects.count() for card in cards.values())
    before = {card.policy.code: card.stage for card in policy_cards(scope, date(2025, 12, 31))}
    assert (before["jiangxi-2024"], before["jiangxi-2026"]) == ("现行", "尚未施行")


def _change(value: str, day: date) -> None:
    set_value(
        policy=Policy.objects.get(code="jiangxi-2026"),
        parameter=Parameter.objects.get(key="reply_workdays"), value=value, valid_from=day,
        clause="赣2026 补", document=None, reason="试行后调整", issued_until=None,
        by=SystemActor("省局"), at=datetime(2026, 3, 1, tzinfo=UTC),
    )  # fmt: skip


def test_history_keeps_what_held_before(reviewer: User) -> None:
    _change("3", date(2026, 5, 1))
    scope = scope_of(reviewer, TODAY)
    parameter = Parameter.objects.get(key="reply_workdays")
    found = {each.policy.code: each for each in parameter_history(scope, parameter, TODAY)}
    history = found["jiangxi-2026"]
    assert [(row.words, row.value.valid_from, row.value.valid_to) for row in history.rows] == [
        ("3 个工作日", date(2026, 5, 1), None),
        ("2 个工作日", date(2026, 1, 1), date(2026, 4, 30)),
    ]
    assert history.current == history.rows[0]
    assert history.rows[0].source == "省局：试行后调整"


@pytest.mark.parametrize(
    ("day", "words"), [("2026-04-30", "2 个工作日"), ("2026-05-01", "3 个工作日")]
)
def test_values_page_of_a_day(hospital: Client, day: str, words: str) -> None:
    _change("3", date(2026, 5, 1))
    rows = hospital.get(f"/policies/jiangxi-2026/?on={day}").context["rows"]
    assert {row.parameter.key: row.words for row in rows}["reply_workdays"] == words


def test_values_filter_by_words_force_and_binding(hospital: Client) -> None:
    def keys(query: str) -> set[str]:
        rows = hospital.get(f"/policies/jiangxi-2024/?{query}").context["rows"]
        return {row.parameter.key for row in rows}

    everything = keys("")
    assert len(everything) == Parameter.objects.count()
    assert keys("q=reply") == {"reply_workdays", "settlement_reply_workdays"}
    assert "commitment_letter" in keys("q=承诺函")
    assert keys("binding=1") | keys("binding=0") == everything
    assert not keys("binding=1") & keys("binding=0")
    assert keys("force=encouraged") == {"consortium_reporting"}


def test_wrong_day_is_told(hospital: Client) -> None:
    answer = hospital.get("/policies/jiangxi-2024/?on=2026-02-30")
    assert answer.status_code == 200
    assert "有条件没有生效" in answer.content.decode()


def test_comparison_marks_what_differs(reviewer: User) -> None:
    scope = scope_of(reviewer, TODAY)
    table = comparison(scope, TODAY, codes=("jiangxi-2024", "jiangxi-2026"))
    rows = {row.parameter.key: row for row in table.rows}
    assert [policy.code for policy in table.policies] == ["jiangxi-2024", "jiangxi-2026"]
    assert [cell.words for cell in rows["commitment_letter"].cells if cell] == ["否", "是"]
    assert rows["commitment_letter"].differs and not rows["reply_workdays"].differs
    short = comparison(scope, TODAY, codes=("jiangxi-2024", "jiangxi-2026"), only_differing=True)
    assert all(row.differs for row in short.rows)
    assert short.hidden == len(table.rows) - len(short.rows) > 0


def test_unknown_policies_compare_to_nothing(hospital: Client) -> None:
    assert "没有选中政策" in hospital.get("/policies/compare/?policy=none").content.decode()
    assert hospital.get("/policies/none/").status_code == 404
    assert hospital.get("/policies/parameters/none/").status_code == 404


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/policies/", 9),
        ("/policies/compare/", 10),
        # One of them asks whether changes of its values wait.
        ("/policies/jiangxi-2026/", 10),
        ("/policies/parameters/reply_workdays/", 9),
        ("/calendar/", 8),
        ("/calendar/2026/", 8),
        ("/api/v1/policy-values/", 4),
        ("/api/v1/calendar-years/", 4),
    ],
)
def test_budget_with_more_values(hospital: Client, path: str, most: int) -> None:
    hospital.get(path)
    counts = []
    for month in (None, 5, 6):
        if month:
            _change(str(month), date(2026, month, 1))
        with CaptureQueriesContext(connection) as caught:
            assert hospital.get(path).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] == counts[2] <= most


def test_values_by_api(hospital: Client) -> None:
    path = "/api/v1/policy-values/?policy=jiangxi-2024&parameter=reply_workdays&on=2026-06-15"
    (row,) = hospital.get(path).json()["results"]
    assert (row["value"], row["clause"], row["document"]) == ("2", "赣2024 四", "赣2024")
