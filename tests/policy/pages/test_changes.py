"""A value is changed by two people, for months to come, and may be taken back before it counts."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion
from inbox.models import Task
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from policy.models import Parameter, ParameterValue, Policy, ValueChange
from policy.operations.change_value import (
    confirm_change,
    propose_change,
    return_change,
    revoke_change,
    withdraw_change,
)
from policy.operations.seed_policies import seed
from policy.queries.read import value_of
from tests.factories import organisations as make

SHANGHAI = timezone(timedelta(hours=8))
NOW = datetime(2026, 5, 20, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()
JUNE = date(2026, 6, 1)
CODE, KEY = "jiangxi-2024", "non_selected_share_max"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the pages stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def bureau(db: None) -> dict[str, User]:
    """Two officers of Jiangxi's bureau, and one of Shandong's."""
    home = make.organisation("bureau", region=make.region("360000", name="江西省"))
    away = make.organisation("bureau", region=make.region("370000", name="山东省"))
    return {
        "clerk": make.person(home, "clerk"),
        "reviewer": make.person(home, "reviewer"),
        "leader": make.person(home, "leader"),
        "storekeeper": make.person(home, "importer"),
        "stranger": make.person(away, "leader"),
    }


def scope(user: User) -> Scope:
    return scope_of(user, TODAY)


def propose(by: User, value: str | None = "0.25", **given: object) -> ValueChange:
    values: dict[str, object] = {
        "policy": Policy.objects.get(code=CODE), "parameter": Parameter.objects.get(key=KEY),
        "value": value, "valid_from": JUNE, "clause": "赣2024 五", "document": None,
        "reason": "省局会议确定", "by": by, "scope": scope(by), "at": NOW,
    }  # fmt: skip
    return propose_change(**values | given)  # type: ignore[arg-type]


def confirm(change: ValueChange, by: User, at: datetime = NOW) -> ValueChange:
    return confirm_change(change=change, by=by, scope=scope(by), at=at)


def held(on: date) -> object:
    return value_of(CODE, KEY, on).value


def test_nothing_changes_until_another_confirms(bureau: dict[str, User]) -> None:
    change = propose(bureau["reviewer"])
    assert held(JUNE) == Decimal("0.30")
    assert Task.objects.filter(object_key=change.change_no, done_at=None).count() == 1
    with pytest.raises(NotYours):
        confirm(change, bureau["reviewer"])
    confirmed = confirm(change, bureau["leader"])
    assert (held(date(2026, 5, 31)), held(JUNE)) == (Decimal("0.30"), Decimal("0.25"))
    assert (confirmed.before, confirmed.proposed_by_name, confirmed.confirmed_by_name) == (
        "0.30", bureau["reviewer"].audit_name, bureau["leader"].audit_name,
    )  # fmt: skip
    assert not Task.objects.filter(object_key=change.change_no, done_at=None).exists()
    kept = AuditEvent.objects.filter(action__startswith="value_change").values_list(
        "action", "actor_id"
    )
    assert list(kept.order_by("id")) == [
        ("value_change.propose", bureau["reviewer"].pk),
        ("value_change.confirm", bureau["leader"].pk),
    ]


def test_database_too_asks_for_two_people(bureau: dict[str, User]) -> None:
    change = propose(bureau["reviewer"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ValueChange.objects.filter(pk=change.pk).update(confirmed_by_id=bureau["reviewer"].pk)


@pytest.mark.parametrize("who", ["storekeeper", "stranger"])
def test_those_without_the_right_neither_propose_nor_confirm(
    bureau: dict[str, User], who: str
) -> None:
    with pytest.raises(NotYours):
        propose(bureau[who])
    with pytest.raises(NotYours):
        confirm(propose(bureau["clerk"]), bureau[who])


def test_a_clerk_proposes_and_does_not_confirm(bureau: dict[str, User]) -> None:
    with pytest.raises(NotYours):
        confirm(propose(bureau["reviewer"]), bureau["clerk"])


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 4, 1), "2026 年 04 月已经结束"),
        (date(2026, 6, 2), "须为月初"),
        (date(2026, 5, 31), "须为月初"),
    ],
)
def test_months_that_are_over_stay_as_they_were(
    bureau: dict[str, User], day: date, words: str
) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        propose(bureau["clerk"], valid_from=day)
    assert refused.value.status == 409
    assert refused.value.clause
    assert "请" in refused.value.reason


def test_this_month_is_not_over(bureau: dict[str, User]) -> None:
    confirm(propose(bureau["clerk"], valid_from=date(2026, 5, 1)), bureau["leader"])
    assert held(date(2026, 5, 1)) == Decimal("0.25")


def test_confirmed_too_late_is_refused(bureau: dict[str, User]) -> None:
    change = propose(bureau["clerk"])
    with pytest.raises(Refusal, match="2026 年 06 月已经结束"):
        confirm(change, bureau["leader"], at=datetime(2026, 7, 1, tzinfo=SHANGHAI))
    change.refresh_from_db()
    assert (change.state, held(JUNE)) == ("proposed", Decimal("0.30"))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"value": "30%"}, "value"),
        ({"value": "-1"}, "value"),
        ({"clause": " "}, "clause"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_is_missing_is_named(
    bureau: dict[str, User], given: dict[str, object], field: str
) -> None:
    with pytest.raises(MissingInput) as refused:
        propose(bureau["clerk"], **given)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_one_change_of_a_value_at_a_time(bureau: dict[str, User]) -> None:
    first = propose(bureau["clerk"])
    with pytest.raises(Refusal, match=r"已有一项调整等待确认（CS\d{6}-\d{4}）"):
        propose(bureau["reviewer"], "0.2")
    return_change(
        change=first, note="依据不足", by=bureau["leader"], scope=scope(bureau["leader"]), at=NOW
    )
    second = propose(bureau["clerk"], "0.2")
    withdraw_change(change=second, by=bureau["clerk"], scope=scope(bureau["clerk"]), at=NOW)
    assert propose(bureau["clerk"], None).state == "proposed"
    assert held(JUNE) == Decimal("0.30")


def test_no_change_is_no_change(bureau: dict[str, User]) -> None:
    with pytest.raises(Refusal, match="不需要调整"):
        propose(bureau["clerk"], "0.30")


def test_value_to_come_can_be_taken_back(bureau: dict[str, User]) -> None:
    change = confirm(propose(bureau["clerk"]), bureau["leader"])
    leader = bureau["leader"]
    revoke_change(change=change, note="文件未印发", by=leader, scope=scope(leader), at=NOW)
    assert held(JUNE) == Decimal("0.30")
    assert ParameterValue.everything.get(valid_from=JUNE).withdrawn_at == NOW
    # The day is free again.
    confirm(propose(bureau["clerk"], "0.28"), leader)
    assert held(JUNE) == Decimal("0.28")


def test_value_in_force_cannot_be_taken_back(bureau: dict[str, User]) -> None:
    change = confirm(propose(bureau["clerk"]), bureau["leader"])
    with pytest.raises(Refusal, match="已经生效，不能撤销"):
        revoke_change(
            change=change, note="x", by=bureau["leader"], scope=scope(bureau["leader"]),
            at=datetime(2026, 6, 1, tzinfo=SHANGHAI),
        )  # fmt: skip
    assert held(JUNE) == Decimal("0.25")


def test_not_in_force_is_a_value_too(bureau: dict[str, User]) -> None:
    confirm(propose(bureau["clerk"], None), bureau["leader"])
    assert held(JUNE) is None


def test_seen_before_somebody_else_acted(bureau: dict[str, User]) -> None:
    change = propose(bureau["clerk"])
    confirm(change, bureau["leader"])
    with pytest.raises(StaleVersion):
        confirm_change(
            change=change, by=bureau["reviewer"], scope=scope(bureau["reviewer"]), at=NOW,
            seen_version=1,
        )  # fmt: skip


@pytest.mark.parametrize("seeded_again", ["after the edit", "after it was taken back"])
def test_shipped_values_never_overwrite_an_edit(bureau: dict[str, User], seeded_again: str) -> None:
    change = confirm(propose(bureau["clerk"]), bureau["leader"])
    if seeded_again == "after it was taken back":
        leader = bureau["leader"]
        revoke_change(change=change, note="x", by=leader, scope=scope(leader), at=NOW)
    expected = held(JUNE)
    result = seed(by=bureau["leader"], at=NOW)
    assert (result.created, result.updated) == (0, 0)
    assert held(JUNE) == expected


TYPED = {
    "non_selected_share_max": ({"value": "25.5"}, "0.255", "25.5%"),
    "reply_workdays": ({"value": "3"}, "3", "3 个工作日"),
    "response_hours": ({"value": "36"}, "36", "36 小时"),
    "schedule_check": ({"value": "0"}, "0", "否"),
    "payment_mode": ({"value": "institution"}, "institution", "医疗机构支付"),
    "overrun_multiple": ({"value": "3.5"}, "3.5", "3.5 倍"),
    "dual_approval_amount": ({"value": "2000000"}, "2000000", "2,000,000 元"),
    "agreed_ratio": ({"value_1": "55", "value_2": "65"}, "0.55/0.65", "55%"),
    "half_year_report": ({"value": "01-15,07-15"}, "01-15,07-15", "01-15、07-15"),
}


@pytest.mark.parametrize("key", TYPED)
def test_each_kind_of_value_is_typed_in_its_own_way(
    bureau: dict[str, User], client: Client, key: str
) -> None:
    given, stored, words = TYPED[key]
    client.force_login(bureau["clerk"])
    address = f"/policies/{CODE}/parameters/{key}/change/"
    assert client.get(address).status_code == 200
    sent = {"in_force": "1", "valid_from": "2026-06-01", "clause": "赣2024 五", "reason": "调整"}
    answer = client.post(address, sent | given)
    change = ValueChange.objects.get()
    assert (change.value, answer["Location"]) == (stored, f"/policies/changes/{change.change_no}/")
    assert words in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("key", "given", "words"),
    [
        ("non_selected_share_max", {"value": "abc"}, "请填写数字"),
        ("non_selected_share_max", {"value": ""}, "请填写新取值"),
        ("non_selected_share_max", {"value": "-3"}, "不能为负数"),
        ("reply_workdays", {"value": "2.5"}, "整数，不带小数"),
        ("agreed_ratio", {"value_1": "50", "value_3": "70"}, "前面的比例不能空着"),
        ("payment_mode", {"value": "cash"}, "请从列出的取值中选择"),
        ("reply_workdays", {"value": "3", "valid_from": "2026-04-01"}, "请从列出的月份中选择"),
        ("reply_workdays", {"value": "3", "clause": ""}, "请填写依据的条款"),
        ("reply_workdays", {"value": "9" * 30}, "数字过大"),
    ],
)
def test_wrong_input_stays_beside_its_field(
    bureau: dict[str, User], client: Client, key: str, given: dict[str, str], words: str
) -> None:
    client.force_login(bureau["clerk"])
    sent = {"in_force": "1", "valid_from": "2026-06-01", "clause": "赣2024 五", "reason": "调整"}
    answer = client.post(f"/policies/{CODE}/parameters/{key}/change/", sent | given)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not ValueChange.objects.exists()


def test_pages_lead_from_parameter_to_value_in_force(
    bureau: dict[str, User], client: Client
) -> None:
    client.force_login(bureau["clerk"])
    page = client.get(f"/policies/parameters/{KEY}/").content.decode()
    assert f"/policies/{CODE}/parameters/{KEY}/change/" in page
    assert "/policies/shandong-2023/parameters/" not in page
    change = propose(bureau["clerk"])
    assert change.change_no in client.get("/policies/changes/").content.decode()
    client.force_login(bureau["leader"])
    address = f"/policies/changes/{change.change_no}/"
    assert client.post(f"{address}return/", {"note": ""}).status_code == 400
    assert client.post(f"{address}confirm/", {"version": "1"}).status_code == 302
    assert "待生效" in client.get(f"/policies/parameters/{KEY}/").content.decode()
    assert client.post(f"{address}revoke/", {"note": "文件未印发"}).status_code == 302
    assert "已撤销" in client.get(address).content.decode()


def test_policy_of_another_province_is_not_ours_to_change(
    bureau: dict[str, User], client: Client
) -> None:
    client.force_login(bureau["leader"])
    address = f"/policies/shandong-2023/parameters/{KEY}/change/"
    assert client.get(address).status_code == 403
    assert client.post(address, {"in_force": "0"}).status_code == 403
    assert client.get("/policies/none/parameters/none/change/").status_code == 404


def test_by_api_as_by_page(bureau: dict[str, User], client: Client) -> None:
    client.force_login(bureau["clerk"])
    sent = {
        "policy": CODE, "parameter": KEY, "value": "0.25", "valid_from": "2026-06-01",
        "clause": "赣2024 五", "document": "赣2024", "reason": "省局会议确定",
    }  # fmt: skip
    address, as_json = "/api/v1/value-changes/", {"content_type": "application/json"}
    key = {"HTTP_IDEMPOTENCY_KEY": "k-1"}
    made = client.post(address, sent, **as_json, **key)
    again = client.post(address, sent, **as_json, **key)
    assert (made.status_code, again.json()["change_no"]) == (201, made.json()["change_no"])
    one = f"{address}{made.json()['change_no']}/"
    assert client.post(f"{one}confirm/", {}, **as_json).status_code == 403
    late = client.post(address, sent | {"valid_from": "2026-04-01"}, **as_json)
    assert (late.status_code, late["Content-Type"]) == (409, "application/problem+json")
    assert client.post(address, sent | {"policy": "x"}, **as_json).status_code == 400
    client.force_login(bureau["leader"])
    confirmed = client.post(f"{one}confirm/", {"version": 1}, **as_json, **key)
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert held(JUNE) == Decimal("0.25")
    revoked = client.post(f"{one}revoke/", {"note": "文件未印发"}, **as_json)
    assert (revoked.json()["state"], held(JUNE)) == ("revoked", Decimal("0.30"))


def test_proposal_on_a_value_that_is_no_longer_the_newest_shows_both(
    bureau: dict[str, User], client: Client
) -> None:
    client.force_login(bureau["clerk"])
    url = f"/policies/{CODE}/parameters/{KEY}/change/"
    opened = client.get(url).context_data["version"]
    confirm(propose(bureau["reviewer"]), bureau["leader"])
    sent = {
        "in_force": "1", "value": "28", "valid_from": "2026-07-01", "clause": "赣2024 五",
        "document": "", "reason": "后到的理由", "version": opened,
    }  # fmt: skip
    answer = client.post(url, sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "后到的理由" in text
    assert "省局会议确定" in text
    assert ValueChange.objects.count() == 1
    for wrong in ("abc", "-1", "1.5"):
        refused = client.post(url, sent | {"version": wrong})
        assert (refused.status_code, "版本标记不对" in refused.content.decode()) == (400, True)
    assert ValueChange.objects.count() == 1
    newest = client.get(url).context_data["version"]
    assert client.post(url, sent | {"version": newest}).status_code == 302
