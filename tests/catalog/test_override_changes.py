"""A batch's own value is changed by two people, for months to come; ended months keep theirs."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalog.models import Batch, BatchParameter, OverrideChange
from catalog.operations.change_override import (
    confirm_override,
    propose_override,
    return_override,
    revoke_override,
    withdraw_override,
)
from catalog.queries.overrides import overrides_of
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion
from inbox.models import Task
from monitoring.indicators.cut import MonthCut, values_in_force
from monitoring.operations.warning_inputs.values import Proposed, rule_values
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from policy.models import Parameter, Policy
from tests.factories import catalog as make_catalog
from tests.factories import organisations as make

NOW = datetime(2026, 5, 20, 10, tzinfo=timezone(timedelta(hours=8)))
TODAY = NOW.date()
JUNE = date(2026, 6, 1)
KEY = "non_selected_share_max"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def bureau(db: None) -> dict[str, User]:
    home = make.organisation("bureau", region=make.region("360000", name="江西省"))
    away = make.organisation("bureau", region=make.region("370000", name="山东省"))
    return {
        "clerk": make.person(home, "clerk"),
        "reviewer": make.person(home, "reviewer"),
        "leader": make.person(home, "leader"),
        "storekeeper": make.person(home, "importer"),
        "stranger": make.person(away, "leader"),
    }


@pytest.fixture
def batch(db: None) -> Batch:
    """Runs from 2026-01-01 to 2027-12-31 under jiangxi-2024, with 0.4 of its own from the start."""
    batch = make_catalog.batch(
        code="JX-1", policy=Policy.objects.get(code="jiangxi-2024"),
        effective_on=date(2026, 1, 1), ends_on=date(2027, 12, 31),
    )  # fmt: skip
    make_catalog.batch_parameter(batch=batch, parameter=KEY, value="0.4", clause="执行〔2026〕1号")
    return batch


def scope(user: User) -> Scope:
    return scope_of(user, TODAY)


def propose(
    batch: Batch, by: User, value: str | None = "0.25", key: str = KEY, **given: object
) -> OverrideChange:
    values: dict[str, object] = {
        "batch": batch, "parameter": Parameter.objects.get(key=key), "value": value,
        "valid_from": JUNE, "clause": "执行〔2026〕9号 三", "document": None,
        "reason": "省局会议确定", "by": by, "scope": scope(by), "at": NOW,
    }  # fmt: skip
    return propose_override(**values | given)  # type: ignore[arg-type]


def confirm(change: OverrideChange, by: User, at: datetime = NOW) -> OverrideChange:
    return confirm_override(change=change, by=by, scope=scope(by), at=at)


def held(batch: Batch, on: date) -> str | None:
    return overrides_of(batch.pk, on).get(KEY, (None, ""))[0]


def test_nothing_changes_until_another_confirms(bureau: dict[str, User], batch: Batch) -> None:
    change = propose(batch, bureau["reviewer"])
    assert held(batch, JUNE) == "0.4"
    assert Task.objects.filter(object_key=change.change_no, done_at=None).count() == 1
    with pytest.raises(NotYours):
        confirm(change, bureau["reviewer"])
    confirmed = confirm(change, bureau["leader"])
    assert (held(batch, date(2026, 5, 31)), held(batch, JUNE)) == ("0.4", "0.25")
    assert (confirmed.before, confirmed.value) == ("0.4", "0.25")
    assert not Task.objects.filter(object_key=change.change_no, done_at=None).exists()
    kept = AuditEvent.objects.filter(action__contains="overrid").order_by("id")
    assert list(kept.values_list("action", "actor_id")) == [
        ("override_change.propose", bureau["reviewer"].pk),
        ("override_change.confirm", bureau["leader"].pk),
        ("batch.set_override", bureau["leader"].pk),
    ]


def test_the_policys_value_again_from_a_day(bureau: dict[str, User], batch: Batch) -> None:
    confirm(propose(batch, bureau["reviewer"], value=None), bureau["leader"])
    assert (held(batch, date(2026, 5, 31)), held(batch, JUNE)) == ("0.4", None)
    july = date(2026, 7, 1)
    confirm(propose(batch, bureau["clerk"], value="0.5", valid_from=july), bureau["leader"])
    assert [held(batch, day) for day in (JUNE, date(2026, 6, 30), july)] == [None, None, "0.5"]


def test_months_and_rules_read_the_value_of_their_own_last_day(
    bureau: dict[str, User], batch: Batch
) -> None:
    confirm(propose(batch, bureau["reviewer"]), bureau["leader"])
    confirm(propose(batch, bureau["reviewer"], value="36", key="response_hours"), bureau["leader"])

    def rule(on: date, proposed: Proposed | None = None) -> tuple[Decimal | None, str]:
        return next(
            (v.value, v.clause)
            for v in rule_values(on, proposed)
            if (v.batch_code, v.key) == (batch.code, KEY)
        )

    assert rule(date(2026, 5, 31)) == (Decimal("0.4"), "执行〔2026〕1号")
    assert rule(date(2026, 6, 30)) == (Decimal("0.25"), "执行〔2026〕9号 三")
    tried = Proposed("jiangxi-2024", KEY, None, "试", batch_code=batch.code)
    assert rule(date(2026, 6, 30), tried)[0] == Decimal("0.30")
    hours = [
        values_in_force(MonthCut(first)).batches[batch.code]["response_hours"]
        for first in (date(2026, 5, 1), JUNE)
    ]
    assert hours == [48, 36]


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2026, 4, 1), "已经结束"),
        (date(2026, 6, 2), "须为月初"),
        (date(2028, 1, 1), "周期截止"),
        (date(2025, 12, 1), "已经结束"),
    ],
)
def test_day_of_an_ended_month_or_outside_the_cycle_is_refused(
    bureau: dict[str, User], batch: Batch, day: date, says: str
) -> None:
    with pytest.raises(Refusal, match=says):
        propose(batch, bureau["reviewer"], valid_from=day)
    assert not OverrideChange.objects.exists()


def test_this_months_first_day_is_the_earliest(bureau: dict[str, User], batch: Batch) -> None:
    confirm(propose(batch, bureau["reviewer"], valid_from=date(2026, 5, 1)), bureau["leader"])
    assert (held(batch, date(2026, 4, 30)), held(batch, date(2026, 5, 1))) == ("0.4", "0.25")


def test_confirmed_after_its_month_is_refused_and_nothing_moves(
    bureau: dict[str, User], batch: Batch
) -> None:
    change = propose(batch, bureau["reviewer"])
    with pytest.raises(Refusal, match="已经结束"):
        confirm(change, bureau["leader"], at=NOW + timedelta(days=60))
    change.refresh_from_db()
    assert (change.state, held(batch, JUNE)) == ("proposed", "0.4")


def test_one_change_of_a_value_at_a_time_and_only_after_the_last(
    bureau: dict[str, User], batch: Batch
) -> None:
    first = propose(batch, bureau["reviewer"])
    with pytest.raises(Refusal, match="等待确认"):
        propose(batch, bureau["clerk"], value="0.2")
    confirm(first, bureau["leader"])
    with pytest.raises(Refusal, match="已有自 2026-06-01 起"):
        propose(batch, bureau["clerk"], value="0.2", valid_from=date(2026, 5, 1))
    with pytest.raises(Refusal, match="不需要调整"):
        propose(batch, bureau["clerk"], value="0.25", valid_from=date(2026, 7, 1))


def test_taken_back_before_its_day_and_not_after(bureau: dict[str, User], batch: Batch) -> None:
    change = confirm(propose(batch, bureau["reviewer"]), bureau["leader"])
    by = bureau["leader"]
    with pytest.raises(Refusal, match="已经生效"):
        revoke_override(
            change=change, note="x", by=by, scope=scope(by), at=NOW + timedelta(days=12)
        )
    revoke_override(change=change, note="文件未印发", by=by, scope=scope(by), at=NOW)
    assert (held(batch, JUNE), BatchParameter.everything.count()) == ("0.4", 2)


@pytest.mark.parametrize("who", ["storekeeper", "stranger"])
def test_those_without_the_right_neither_propose_nor_confirm(
    bureau: dict[str, User], batch: Batch, who: str
) -> None:
    with pytest.raises(NotYours):
        propose(batch, bureau[who])
    with pytest.raises(NotYours):
        confirm(propose(batch, bureau["clerk"]), bureau[who])


def test_returned_withdrawn_and_stale(bureau: dict[str, User], batch: Batch) -> None:
    change = propose(batch, bureau["clerk"])
    by = bureau["leader"]
    with pytest.raises(MissingInput):
        return_override(change=change, note=" ", by=by, scope=scope(by), at=NOW)
    with pytest.raises(StaleVersion):
        confirm_override(change=change, by=by, scope=scope(by), at=NOW, seen_version=7)
    return_override(change=change, note="依据不足", by=by, scope=scope(by), at=NOW)
    again = propose(batch, bureau["clerk"])
    withdraw_override(change=again, by=bureau["clerk"], scope=scope(bureau["clerk"]), at=NOW)
    states = OverrideChange.objects.order_by("id").values_list("state", flat=True)
    assert (list(states), held(batch, JUNE)) == (["returned", "withdrawn"], "0.4")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"value": "四成"}, "value"), ({"clause": " "}, "clause"), ({"reason": ""}, "reason")],
)
def test_bad_input_names_the_field(
    bureau: dict[str, User], batch: Batch, given: dict[str, str], field: str
) -> None:
    with pytest.raises(MissingInput) as refused:
        propose(batch, bureau["clerk"], **given)
    assert refused.value.field == field


def test_database_keeps_two_people_and_one_value_a_day(
    bureau: dict[str, User], batch: Batch
) -> None:
    change = propose(batch, bureau["reviewer"])
    with pytest.raises(IntegrityError), transaction.atomic():
        OverrideChange.objects.filter(pk=change.pk).update(confirmed_by_id=bureau["reviewer"].pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_catalog.batch_parameter(batch=batch, parameter=KEY, value="0.1", valid_from=JUNE)


def test_pages_from_the_form_to_the_history(
    client: Client, bureau: dict[str, User], batch: Batch
) -> None:
    client.force_login(bureau["clerk"])
    page = client.get("/catalog/batches/JX-1/parameters/").content.decode()
    assert f"/catalog/batches/JX-1/parameters/{KEY}/change/" in page
    new = f"/catalog/batches/JX-1/parameters/{KEY}/change/"
    wrong = client.post(new, {"in_force": "1", "value": "", "valid_from": "2026-06-01"})
    assert (wrong.status_code, "请填写新取值" in wrong.content.decode()) == (400, True)
    sent = client.post(
        new,
        {
            "in_force": "1", "value": "25", "valid_from": "2026-06-01", "clause": "执行 三",
            "reason": "省局会议",
        },
    )  # fmt: skip
    change = OverrideChange.objects.get()
    assert (sent.status_code, change.value) == (302, "0.25")
    client.force_login(bureau["leader"])
    shown = client.get(f"/catalog/override-changes/{change.change_no}/").content.decode()
    assert "40% → 25%" in shown and "确认生效" in shown
    rehearsal = client.get(f"/monitoring/rehearsals/{change.change_no}/")
    assert "非中选占比" in rehearsal.content.decode()
    done = client.post(f"/catalog/override-changes/{change.change_no}/confirm/", {"version": "1"})
    assert done.status_code == 302
    history = client.get("/catalog/batches/JX-1/parameters/").content.decode()
    assert "另行规定的历史" in history and "2026-05-31" in history and "省局会议" in history


def test_api_goes_the_same_way(client: Client, bureau: dict[str, User], batch: Batch) -> None:
    client.force_login(bureau["clerk"])
    body = {
        "batch": "JX-1", "parameter": KEY, "value": None, "valid_from": "2026-06-01",
        "clause": "执行 三", "reason": "恢复",
    }  # fmt: skip
    made = client.post("/api/v1/override-changes/", body, content_type="application/json")
    number = made.json()["change_no"]
    own = client.post(
        f"/api/v1/override-changes/{number}/confirm/", content_type="application/json"
    )
    assert (made.status_code, own.status_code) == (201, 403)
    client.force_login(bureau["leader"])
    done = client.post(
        f"/api/v1/override-changes/{number}/confirm/", {"version": 1},
        content_type="application/json",
    )  # fmt: skip
    assert (done.status_code, done.json()["state"], done.json()["before"]) == (
        200, "confirmed", "0.4",
    )  # fmt: skip
    rows = client.get("/api/v1/batch-parameters/?batch=JX-1").json()["results"]
    assert [(row["value"], row["valid_from"], row["valid_to"]) for row in rows] == [
        ("0.4", None, "2026-05-31")
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_wins(bureau: dict[str, User], batch: Batch) -> None:
    change = propose(batch, bureau["clerk"])
    said: list[str] = []
    both = threading.Barrier(2)

    def act(user: User) -> None:
        both.wait()
        try:
            confirm(change, user)
            said.append("done")
        except Refusal as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=(bureau[who],)) for who in ("reviewer", "leader")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["TransitionRefused", "done"]
    assert BatchParameter.objects.filter(batch=batch, valid_from=JUNE).count() == 1
