"""A result changes from a day on by two people; what was before that day stays as it was."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalog.models import Batch, Product, ResultChange, Selection
from catalog.operations.change_result import (
    confirm_result,
    propose_result,
    return_result,
    revoke_result,
    withdraw_result,
)
from catalog.queries.orderable import CANCELLED, why_not_orderable
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal
from inbox.models import Notice, Task
from organisations.models import Region, User
from organisations.queries.scope import Scope, scope_of
from policy.models import Policy
from tests.factories import catalog as make
from tests.factories import organisations as people

NOW = datetime(2026, 5, 20, 10, tzinfo=timezone(timedelta(hours=8)))
JUNE = date(2026, 6, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)


@pytest.fixture
def cast(db: None) -> dict[str, User]:
    province = people.region("360000", name="江西省")
    first = people.region("360100", name="南昌市", parent=province)
    second = people.region("360400", name="九江市", parent=province)
    people.region("360102", name="东湖区", parent=first)
    home = people.organisation("bureau", region=province)
    maker = people.organisation("enterprise", is_manufacturer=True)
    away = people.organisation("bureau", region=people.region("370000", name="山东省"))
    return {
        "clerk": people.person(home, "clerk"),
        "reviewer": people.person(home, "reviewer"),
        "leader": people.person(home, "leader"),
        "stranger": people.person(away, "leader"),
        "hospital": people.person(people.organisation(region=first), "clerk"),
        "far": people.person(people.organisation(region=second), "clerk"),
        "maker": people.person(maker, "clerk"),
    }


@pytest.fixture
def won(cast: dict[str, User]) -> Selection:
    """XA01 is selected for 南昌 at 5.60 for the whole cycle 2026-01-01 to 2027-12-31."""
    batch = make.batch(
        code="JX-1", policy=Policy.objects.get(code="jiangxi-2024"),
        effective_on=date(2026, 1, 1), ends_on=date(2027, 12, 31),
    )  # fmt: skip
    product = make.product(
        code="XA01", group=make.group(code="G-1"), manufacturer=cast["maker"].organisation
    )
    make.product(code="XA02", group=product.group, manufacturer=cast["maker"].organisation)
    return make.selection(
        batch=batch, product=product, region=Region.objects.get(code="360100"), price="5.60"
    )


def scope(user: User) -> Scope:
    return scope_of(user, NOW.date())


def propose(won: Selection, by: User, kind: str = "price", **given: object) -> ResultChange:
    values: dict[str, object] = {
        "batch": won.batch, "kind": kind, "product": won.product, "region": won.region,
        "new_region": None, "role": "selected", "effective_on": JUNE, "clause": "执行 三",
        "price": Decimal("5.00") if kind in ("price", "added") else None, "reason": "企业主动降价",
        "by": by, "scope": scope(by), "at": NOW,
    }  # fmt: skip
    return propose_result(**values | given)  # type: ignore[arg-type]


def confirm(change: ResultChange, by: User, at: datetime = NOW) -> ResultChange:
    return confirm_result(change=change, by=by, scope=scope(by), at=at)


Period = tuple[str, str, str, date | None, date | None]


def periods() -> list[Period]:
    rows = Selection.objects.order_by("product__code", "valid_from", "pk")
    found = rows.values_list("product__code", "region__code", "price", "valid_from", "valid_to")
    return sorted(
        ((code, region, f"{price:.2f}", start, end) for code, region, price, start, end in found),
        key=str,
    )


BEFORE = ("XA01", "360100", "5.60", None, date(2026, 5, 31))

CASES: dict[str, tuple[dict[str, object], list[Period]]] = {
    "price": ({"kind": "price"}, [BEFORE, ("XA01", "360100", "5.00", JUNE, None)]),
    "cancelled": ({"kind": "cancelled"}, [BEFORE]),
    "region": (
        {"kind": "region", "new_region": "360400"}, [BEFORE, ("XA01", "360400", "5.60", JUNE, None)],
    ),
    "region and price": (
        {"kind": "region", "new_region": "360400", "price": Decimal("5.20")},
        [BEFORE, ("XA01", "360400", "5.20", JUNE, None)],
    ),
    "added": (
        {"kind": "added", "product": "XA02"},
        [("XA01", "360100", "5.60", None, None), ("XA02", "360100", "5.00", JUNE, None)],
    ),
}  # fmt: skip


def _given(values: dict[str, object]) -> dict[str, object]:
    given = dict(values)
    if "new_region" in given:
        given["new_region"] = Region.objects.get(code=given["new_region"])
    if "product" in given:
        given["product"] = Product.objects.get(code=given["product"])
    return given


@pytest.mark.parametrize("name", CASES)
def test_one_period_closes_and_another_opens_when_another_confirms(
    cast: dict[str, User], won: Selection, name: str
) -> None:
    values, after = CASES[name]
    before = periods()
    change = propose(won, cast["clerk"], **_given(values))  # type: ignore[arg-type]
    assert periods() == before
    assert Task.objects.filter(object_key=change.change_no, done_at=None).count() == 1
    with pytest.raises(NotYours):
        confirm(change, cast["clerk"])
    done = confirm(change, cast["leader"])
    assert periods() == sorted(after, key=str)
    assert (done.opened is None) == (name == "cancelled")
    assert not Task.objects.filter(object_key=change.change_no, done_at=None).exists()
    assert AuditEvent.objects.filter(action="batch.change_result").count() == 1
    told = set(
        Notice.objects.filter(key__startswith=f"result-change:{change.change_no}").values_list(
            "organisation_id", flat=True
        )
    )
    both = {cast[who].organisation_id for who in ("hospital", "maker", "clerk")}
    far = {cast["far"].organisation_id} if name.startswith("region") else set()
    assert told == both | far


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2026, 4, 30), "已经结束"), (date(2026, 1, 1), "已经结束"),
        (date(2028, 1, 1), "周期截止"),
    ],
)  # fmt: skip
def test_day_of_an_ended_month_or_after_the_cycle_is_refused(
    cast: dict[str, User], won: Selection, day: date, says: str
) -> None:
    with pytest.raises(Refusal, match=says):
        propose(won, cast["clerk"], effective_on=day)
    assert not ResultChange.objects.exists()


def test_first_of_this_month_is_the_earliest(cast: dict[str, User], won: Selection) -> None:
    first = date(2026, 5, 1)
    confirm(propose(won, cast["clerk"], effective_on=first), cast["leader"])
    assert periods() == sorted(
        [
            ("XA01", "360100", "5.60", None, date(2026, 4, 30)),
            ("XA01", "360100", "5.00", first, None),
        ],
        key=str,
    )


def test_confirmed_when_its_month_is_over_nothing_moves(
    cast: dict[str, User], won: Selection
) -> None:
    change = propose(won, cast["clerk"], effective_on=date(2026, 5, 25))
    with pytest.raises(Refusal, match="已经结束"):
        confirm(change, cast["leader"], at=NOW + timedelta(days=12))
    change.refresh_from_db()
    assert (change.state, periods()) == ("proposed", [("XA01", "360100", "5.60", None, None)])


WRONG: dict[str, tuple[dict[str, object], str, str]] = {
    "same price": ({"price": Decimal("5.60")}, "price", "与现在的价格相同"),
    "no price": ({"price": None}, "price", "请填写价格"),
    "nothing": ({"price": Decimal(0)}, "price", "大于 0"),
    "too fine": ({"price": Decimal("5.00001")}, "price", "4 位小数"),
    "no number": ({"price": Decimal("NaN")}, "price", "大于 0"),
    "no clause": ({"clause": " "}, "clause", "请填写"),
    "no reason": ({"reason": ""}, "reason", "请填写"),
    "unknown kind": ({"kind": "merge"}, "kind", "没有这一种"),
    "not won there": ({"product": "XA02"}, "product", "没有执行中的结果"),
    "same region": ({"kind": "region", "price": None}, "new_region", "不同的供应地区"),
    "county": ({"kind": "region", "new_region": "360102"}, "new_region", "不能是县"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_names_the_field(cast: dict[str, User], won: Selection, name: str) -> None:
    values, field, says = WRONG[name]
    with pytest.raises(MissingInput, match=says) as refused:
        propose(won, cast["clerk"], **_given(values))  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not ResultChange.objects.exists()


def test_added_product_must_be_of_the_batchs_groups(cast: dict[str, User], won: Selection) -> None:
    with pytest.raises(MissingInput, match="不在本批次内"):
        propose(won, cast["clerk"], kind="added", product=make.product(code="XZ99"))
    with pytest.raises(Refusal, match="重叠"):
        propose(won, cast["clerk"], kind="added")


def test_one_open_change_of_a_result_and_the_later_one_builds_on_it(
    cast: dict[str, User], won: Selection
) -> None:
    first = propose(won, cast["clerk"])
    with pytest.raises(Refusal, match="等待确认"):
        propose(won, cast["reviewer"], kind="cancelled")
    confirm(first, cast["leader"])
    later = date(2026, 9, 1)
    confirm(propose(won, cast["clerk"], kind="cancelled", effective_on=later), cast["leader"])
    assert periods() == sorted(
        [BEFORE, ("XA01", "360100", "5.00", JUNE, date(2026, 8, 31))], key=str
    )


def test_only_the_own_bureau_and_two_people(cast: dict[str, User], won: Selection) -> None:
    for who in ("stranger", "hospital", "maker"):
        with pytest.raises(NotYours):
            propose(won, cast[who])
    change = propose(won, cast["clerk"])
    with pytest.raises(NotYours):
        confirm(change, cast["stranger"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ResultChange.objects.filter(pk=change.pk).update(confirmed_by_id=cast["clerk"].pk)
    by = cast["leader"]
    return_result(change=change, note="依据不足", by=by, scope=scope(by), at=NOW)
    again = propose(won, cast["clerk"])
    withdraw_result(change=again, by=cast["clerk"], scope=scope(cast["clerk"]), at=NOW)
    assert list(ResultChange.objects.order_by("id").values_list("state", flat=True)) == [
        "returned", "withdrawn",
    ]  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_revoked_before_its_day_everything_is_as_it_was(
    cast: dict[str, User], won: Selection, name: str
) -> None:
    Selection.objects.filter(pk=won.pk).update(valid_to=date(2026, 12, 31))
    before = periods()
    change = confirm(propose(won, cast["clerk"], **_given(CASES[name][0])), cast["leader"])  # type: ignore[arg-type]
    told = Notice.objects.count()
    eve = datetime(2026, 5, 31, 23, 59, tzinfo=NOW.tzinfo)
    by = cast["reviewer"]
    done = revoke_result(change=change, note="企业未供货", by=by, scope=scope(by), at=eve)
    assert (done.state, periods()) == ("revoked", before)
    assert Notice.objects.count() == 2 * told
    # What never held is kept, out of everybody's way: the same change may be made anew.
    assert Selection.everything.count() == len(before) + (name != "cancelled")
    again = confirm(propose(won, cast["clerk"], **_given(CASES[name][0])), cast["leader"])  # type: ignore[arg-type]
    assert again.state == "confirmed"


def test_on_its_day_or_with_a_later_change_it_stays(cast: dict[str, User], won: Selection) -> None:
    by = cast["leader"]
    change = confirm(propose(won, cast["clerk"]), by)
    with pytest.raises(Refusal, match="已经生效"):
        revoke_result(
            change=change, note="晚", by=by, scope=scope(by),
            at=datetime(2026, 6, 1, tzinfo=NOW.tzinfo),
        )  # fmt: skip
    with pytest.raises(MissingInput):
        revoke_result(change=change, note=" ", by=by, scope=scope(by), at=NOW)
    later = propose(won, cast["clerk"], kind="cancelled", effective_on=date(2026, 9, 1))
    with pytest.raises(Refusal, match="之后又有一项变更"):
        revoke_result(change=change, note="错", by=by, scope=scope(by), at=NOW)
    withdraw_result(change=later, by=cast["clerk"], scope=scope(cast["clerk"]), at=NOW)
    stranger = cast["stranger"]
    with pytest.raises(NotYours):
        revoke_result(change=change, note="错", by=stranger, scope=scope(stranger), at=NOW)
    revoke_result(change=change, note="错", by=by, scope=scope(by), at=NOW)


def test_pages_and_who_sees_them(client: Client, cast: dict[str, User], won: Selection) -> None:
    client.force_login(cast["clerk"])
    new = "/catalog/batches/JX-1/result-changes/new/"
    body = {
        "kind": "price", "product": "XA01", "region": "360100", "price": "5.00",
        "effective_on": "2026-04-01", "clause": "执行 三", "reason": "企业主动降价",
    }  # fmt: skip
    wrong = client.post(new, body)
    assert (wrong.status_code, "已经结束" in wrong.content.decode()) == (409, True)
    assert client.post(new, body | {"product": "不存在"}).status_code == 400
    sent = client.post(new, body | {"effective_on": "2026-06-01"})
    own = sent.headers["Location"]
    client.force_login(cast["hospital"])
    assert client.get(own).status_code == 404
    assert client.get(new).status_code == 404
    client.force_login(cast["leader"])
    assert client.post(f"{own}confirm/", {"version": "1"}).status_code == 302
    client.force_login(cast["hospital"])
    history = client.get("/catalog/batches/JX-1/result-changes/").content.decode()
    assert "5.6 → 5 元/包装" in history and "待生效" in history
    assert client.post(f"{own}revoke/", {"note": "x"}).status_code == 403
    assert client.get(own).status_code == 200
    results = client.get("/api/v1/result-changes/").json()["results"]
    assert [(row["kind"], row["old_price"], row["price"]) for row in results] == [
        ("price", "5.6000", "5.0000")
    ]
    assert client.post("/api/v1/result-changes/", {}).status_code == 403
    client.force_login(cast["leader"])
    assert "撤销原因" in client.get(own).content.decode()
    assert client.post(f"{own}revoke/", {"note": "企业未供货"}).status_code == 302
    assert "已撤销" in client.get(own).content.decode()


def test_api_proposes_and_confirms(client: Client, cast: dict[str, User], won: Selection) -> None:
    client.force_login(cast["clerk"])
    body = {
        "batch": "JX-1", "kind": "region", "product": "XA01", "region": "360100",
        "new_region": "360400", "effective_on": "2026-06-01", "clause": "执行 三", "reason": "增补",
    }  # fmt: skip
    bad = client.post(
        "/api/v1/result-changes/", body | {"region": "370000"}, content_type="application/json"
    )
    made = client.post("/api/v1/result-changes/", body, content_type="application/json")
    assert (bad.status_code, made.status_code) == (400, 201)
    client.force_login(cast["leader"])
    number = made.json()["change_no"]
    done = client.post(
        f"/api/v1/result-changes/{number}/confirm/", {"version": 1},
        content_type="application/json",
    )  # fmt: skip
    assert (done.status_code, done.json()["state"], done.json()["old_region"]) == (
        200, "confirmed", "360100",
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_wins(cast: dict[str, User], won: Selection) -> None:
    change = propose(won, cast["clerk"])
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

    threads = [threading.Thread(target=act, args=(cast[who],)) for who in ("reviewer", "leader")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["TransitionRefused", "done"]
    assert Selection.objects.count() == 2
    assert Batch.objects.count() == 1


def test_confirmed_on_its_own_day_the_listed_price_follows_at_once(
    cast: dict[str, User], won: Selection
) -> None:
    change = propose(won, cast["clerk"], effective_on=NOW.date())
    confirm(change, cast["leader"])
    won.product.refresh_from_db()
    assert won.product.listed_price == Decimal("5.00")
    later = propose(won, cast["clerk"], price=Decimal("4.50"))
    confirm(later, cast["leader"])
    won.product.refresh_from_db()
    assert won.product.listed_price == Decimal("5.00")


def test_a_hospital_is_told_that_and_why_a_selection_was_cancelled(
    cast: dict[str, User], won: Selection
) -> None:
    confirm(propose(won, cast["clerk"], "cancelled", reason="企业放弃"), cast["leader"])

    def said(user: str, on: date) -> list[str]:
        found = why_not_orderable(cast[user].organisation, won.product, on)
        return [each.text for each in found if each.code == CANCELLED]

    assert said("hospital", JUNE - timedelta(days=1)) == []
    (words,) = said("hospital", JUNE)
    assert "自 2026-06-01 起取消本产品在本地区的中选" in words
    assert "企业放弃" in words
    # It never supplied the other city.
    assert said("far", JUNE) == []
