"""Requests to restore, 函询 and shortage lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from catalog.models import Inquiry, Listing, ListingRequest, Product, ShortageEntry
from catalog.operations.inquiries import answer_inquiry, send_inquiry, settle_inquiry
from catalog.operations.listing_requests import answer_request, request_restoring
from catalog.operations.listings import restore_listing, suspend_listing
from catalog.operations.shortages import end_shortage, enter_shortage
from catalog.queries.listing_cases import visible_inquiries, visible_listing_requests
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import add_workdays
from inbox.models import Notice, Task
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from tests.factories import catalog as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 15, 2, tzinfo=UTC)
TODAY = date(2026, 6, 15)
Who = tuple[User, Scope]


def who(user: User) -> Who:
    return user, scope_of(user, TODAY)


@pytest.fixture
def officer() -> Who:
    return who(people.person(people.organisation("bureau", region=people.region()), "reviewer"))


@pytest.fixture
def closed(officer: Who) -> Listing:
    return suspend_listing(
        listing=make.listing(), reason_code="supply", reason="断供", by=officer[0],
        scope=officer[1], at=AT,
    )  # fmt: skip


def maker_of(product: Product) -> Who:
    return who(people.person(product.manufacturer, "clerk"))


def ask(listing: Listing, asker: Who, text: str = "已恢复生产") -> ListingRequest:
    return request_restoring(
        listing=listing, text=text, uploads=(), by=asker[0], scope=asker[1], at=AT
    )


def decide(row: ListingRequest, verb: str, by: Who, answer: str = "") -> ListingRequest:
    return answer_request(request=row, verb=verb, answer=answer, by=by[0], scope=by[1], at=AT)


def test_the_request_goes_to_whoever_closed_it_and_granting_restores(
    officer: Who, closed: Listing
) -> None:
    maker = maker_of(closed.product)
    row = ask(closed, maker)
    task = Task.objects.get(act="answer_listing_request")
    assert (row.office, task.organisation) == (officer[0].organisation, officer[0].organisation)
    decide(row, "grant", officer, "库存已核")
    closed.refresh_from_db()
    assert (closed.state, closed.reason) == ("listed", "库存已核")
    task.refresh_from_db()
    assert task.done_at is not None
    assert Notice.objects.filter(organisation=maker[0].organisation, body="库存已核").exists()


@pytest.mark.parametrize("way", ["another is granted", "the office restores it by itself"])
def test_what_others_asked_is_met_when_it_is_listed_again(
    officer: Who, closed: Listing, way: str
) -> None:
    hospital = who(people.person(people.organisation(), "clerk"))
    waiting = ask(closed, hospital, "临床急需")
    if way == "another is granted":
        decide(ask(closed, maker_of(closed.product)), "grant", officer, "库存已核")
    else:
        restore_listing(listing=closed, reason="库存已核", by=officer[0], scope=officer[1], at=AT)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.answer) == ("granted", "该产品已恢复挂网：库存已核")
    assert not Task.objects.filter(act="answer_listing_request", done_at__isnull=True).exists()
    told = Notice.objects.get(
        organisation=hospital[0].organisation, title__startswith="恢复挂网申请"
    )
    assert told.body == waiting.answer


def test_refusing_needs_a_reason_and_leaves_it_closed(officer: Who, closed: Listing) -> None:
    row = ask(closed, maker_of(closed.product))
    with pytest.raises(MissingInput, match="请填写答复意见"):
        decide(row, "refuse", officer)
    decide(row, "refuse", officer, "产能未恢复")
    closed.refresh_from_db()
    assert closed.state == "suspended"


def test_a_hospital_may_ask_a_distributor_may_not(closed: Listing) -> None:
    hospital = who(people.person(people.organisation(), "clerk"))
    assert ask(closed, hospital, "临床急需").requester == hospital[0].organisation
    distributor = who(
        people.person(people.organisation("enterprise", is_distributor=True), "clerk")
    )
    with pytest.raises(NotYours):
        ask(closed, distributor)


def test_one_open_request_each_and_none_where_nothing_is_closed(closed: Listing) -> None:
    maker = maker_of(closed.product)
    row = ask(closed, maker)
    with pytest.raises(TransitionRefused, match="等待答复"):
        ask(closed, maker)
    decide(row, "withdraw", maker)
    ask(closed, maker)
    with pytest.raises(TransitionRefused, match="正在挂网"):
        ask(make.listing(product=make.product(manufacturer=maker[0].organisation)), maker)
    with pytest.raises(MissingInput):
        ask(closed, maker, " ")


def test_another_office_neither_answers_nor_sees_it(officer: Who, closed: Listing) -> None:
    row = ask(closed, maker_of(closed.product))
    other = who(people.person(people.organisation("bureau", region=people.region()), "reviewer"))
    with pytest.raises(NotYours):
        decide(row, "grant", other, "好")
    assert list(visible_listing_requests(other[1])) == []
    assert list(visible_listing_requests(officer[1])) == [row]


def send(product: Product, officer: Who, workdays: int = 5, question: str = "说明涨价") -> Inquiry:
    return send_inquiry(
        product=product, subject="price_rise", question=question, workdays=workdays,
        by=officer[0], scope=officer[1], at=AT,
    )  # fmt: skip


def test_an_inquiry_is_due_after_its_working_days_and_goes_round(officer: Who) -> None:
    product = make.product()
    maker = maker_of(product)
    row = send(product, officer)
    assert row.due_on == add_workdays(AT, 5).day
    task = Task.objects.get(act="answer_inquiry", done_at__isnull=True)
    assert task.organisation == product.manufacturer
    assert task.due_at == datetime(2026, 6, 23, 16, tzinfo=UTC)
    row = answer_inquiry(
        inquiry=row, answer="原料涨价", uploads=(), by=maker[0], scope=maker[1], at=AT
    )
    assert Task.objects.get(done_at__isnull=True).act == "review_inquiry"
    row = settle_inquiry(
        inquiry=row, verb="return", closing_note="请附发票", by=officer[0], scope=officer[1], at=AT
    )
    assert Task.objects.get(done_at__isnull=True).act == "answer_inquiry"
    row = answer_inquiry(
        inquiry=row, answer="附发票", uploads=(), by=maker[0], scope=maker[1], at=AT
    )
    row = settle_inquiry(
        inquiry=row, verb="close", closing_note="属实", by=officer[0], scope=officer[1], at=AT
    )
    assert row.state == "closed"
    assert not Task.objects.filter(done_at__isnull=True).exists()
    assert [step.verb for step in row.steps.order_by("pk")] == [
        "send", "answer", "return", "answer", "close",
    ]  # fmt: skip


@pytest.mark.parametrize("workdays", [0, 61, -1])
def test_the_time_to_answer_is_bounded(officer: Who, workdays: int) -> None:
    with pytest.raises(MissingInput) as refused:
        send(make.product(), officer, workdays)
    assert refused.value.field == "workdays"


def test_only_the_enterprise_answers_and_only_the_province_asks(officer: Who) -> None:
    row = send(make.product(), officer)
    stranger = maker_of(make.product())
    assert list(visible_inquiries(stranger[1])) == []
    with pytest.raises(NotYours):
        answer_inquiry(
            inquiry=row, answer="x", uploads=(), by=stranger[0], scope=stranger[1], at=AT
        )
    with pytest.raises(NotYours):
        send(make.product(), stranger)


def enter(officer: Who, day: date, kind: str = "shortage", **subject: object) -> ShortageEntry:
    return enter_shortage(
        kind=kind, source="national", valid_from=day, clause="国家清单〔2026〕", by=officer[0],
        scope=officer[1], at=AT, **subject,  # type: ignore[arg-type]
    )  # fmt: skip


def test_entries_follow_each_other_without_overlap(officer: Who) -> None:
    group = make.group()
    first = enter(officer, date(2026, 1, 1), group=group)
    enter(officer, TODAY, "easily_short", group=group)
    first.refresh_from_db()
    assert first.valid_to == TODAY
    last = ShortageEntry.objects.get(valid_to__isnull=True)
    end_shortage(
        row=last, valid_to=TODAY + timedelta(days=9), clause="移出", by=officer[0],
        scope=officer[1], at=AT,
    )  # fmt: skip
    with pytest.raises(MissingInput):
        enter(officer, TODAY)
    with pytest.raises(MissingInput):
        end_shortage(
            row=last, valid_to=TODAY - timedelta(days=1), clause="移出", by=officer[0],
            scope=officer[1], at=AT,
        )  # fmt: skip
