"""挂网: one 挂网ID per product; who closes one, who opens it again, and what people are told."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from django.db.utils import IntegrityError, InternalError

from catalog.models import Listing, ListingStep
from catalog.operations.listings import (
    list_product,
    restore_listing,
    suspend_listing,
    withdraw_listing,
)
from catalog.queries.tradable import not_tradable, why_not_tradable
from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from tests.factories import catalog as make
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db

AT = datetime(2026, 6, 15, 2, tzinfo=UTC)
TODAY = date(2026, 6, 15)
RULE = SystemActor("测试规则")


def officer(kind: str = "bureau", level: str = "province") -> tuple[User, Scope]:
    place = people.region()
    if level == "city":
        place = people.region(parent=place)
    user = people.person(people.organisation(kind, region=place), "reviewer")
    return user, scope_of(user, TODAY)


def suspend(listing: Listing, who: tuple[User, Scope], **inputs: str) -> Listing:
    values = {"reason_code": "over_maximum", "reason": "高于最高挂网价"} | inputs
    return suspend_listing(listing=listing, by=who[0], scope=who[1], at=AT, **values)


def test_every_product_gets_its_own_number() -> None:
    first = list_product(product=make.product(), by=RULE, at=AT)
    second = list_product(product=make.product(), by=RULE, at=AT)
    assert first.listing_no.startswith("GW") and len(first.listing_no) == 11
    assert int(second.listing_no[2:]) == int(first.listing_no[2:]) + 1
    assert first.listed_on == first.since == TODAY


def test_a_product_is_listed_once() -> None:
    listing = make.listing()
    with pytest.raises(TransitionRefused, match="已有挂网ID"):
        list_product(product=listing.product, by=RULE, at=AT)


def test_conditional_listing_needs_the_written_commitment() -> None:
    with pytest.raises(MissingInput) as refused:
        list_product(product=make.product(), by=RULE, at=AT, way="conditional", commitment=" ")
    assert refused.value.field == "commitment"


@pytest.mark.parametrize(
    ("kind", "level", "may"),
    [("bureau", "province", True), ("procurement_centre", "province", True),
     ("bureau", "city", False), ("regulator", "province", False)],
)  # fmt: skip
def test_who_may_suspend_for_a_price(kind: str, level: str, may: bool) -> None:
    listing = make.listing()
    if may:
        assert suspend(listing, officer(kind, level)).state == "suspended"
    else:
        with pytest.raises(NotYours):
            suspend(listing, officer(kind, level))


def test_the_regulator_suspends_for_quality_only() -> None:
    listing = make.listing()
    row = suspend(listing, officer("regulator"), reason_code="quality", reason="抽检不合格")
    assert (row.state, row.clause) == ("suspended", "S2-13.4")


def test_a_suspension_says_who_why_and_the_way_back_and_tells_the_enterprise() -> None:
    listing = make.listing()
    user, scope = officer()
    row = suspend(listing, (user, scope))
    assert row.closed_by == user.organisation
    assert (row.since, row.clause) == (TODAY, "S2-10.3")
    assert "调整到最高挂网价以内" in row.how_to_restore
    step = ListingStep.objects.get(listing=row)
    assert (step.verb, step.from_state, step.to_state, step.text) == (
        "suspend", "listed", "suspended", "高于最高挂网价",
    )  # fmt: skip
    told = Notice.objects.get(organisation=listing.product.manufacturer)
    assert "恢复办法" in told.body
    event = AuditEvent.objects.get(action="listing.suspend")
    assert event.detail["reason"] == "高于最高挂网价"


def test_a_suspension_without_reason_is_refused() -> None:
    listing = make.listing()
    with pytest.raises(MissingInput, match="请填写原因"):
        suspend(listing, officer(), reason="  ")
    with pytest.raises(MissingInput, match="请选择原因类别"):
        suspend(listing, officer(), reason_code="because")
    listing.refresh_from_db()
    assert listing.state == "listed"


def test_the_closing_office_and_the_province_restore_another_office_does_not() -> None:
    regulator, province, other = officer("regulator"), officer(), officer("regulator")
    closed = suspend(make.listing(), regulator, reason_code="quality", reason="抽检")
    with pytest.raises(NotYours):
        restore_listing(listing=closed, reason="好了", by=other[0], scope=other[1], at=AT)
    opened = restore_listing(
        listing=closed, reason="复检合格", by=regulator[0], scope=regulator[1], at=AT
    )
    assert (opened.state, opened.reason_code, opened.closed_by) == ("listed", "", None)
    again = suspend(opened, regulator, reason_code="quality", reason="再次抽检")
    assert restore_listing(
        listing=again, reason="排除", by=province[0], scope=province[1], at=AT
    ).state == "listed"  # fmt: skip


def test_a_rule_opens_what_a_rule_closed_and_nothing_else() -> None:
    by_rule = suspend_listing(
        listing=make.listing(), reason_code="registration", reason="注册证到期", by=RULE, at=AT
    )
    assert restore_listing(listing=by_rule, reason="已延续", by=RULE, at=AT).state == "listed"
    by_office = suspend(make.listing(), officer())
    with pytest.raises(TransitionRefused, match="由主管部门关闭"):
        restore_listing(listing=by_office, reason="已延续", by=RULE, at=AT)


def test_a_withdrawn_one_is_listed_anew_under_its_number() -> None:
    who = officer()
    listing = make.listing()
    number = listing.listing_no
    gone = withdraw_listing(
        listing=listing, reason_code="over_maximum", reason="拒不调整", by=who[0], scope=who[1],
        at=AT,
    )  # fmt: skip
    assert gone.state == "withdrawn"
    back = restore_listing(listing=gone, reason="已调整", by=who[0], scope=who[1], at=AT)
    assert (back.state, back.listing_no) == ("listed", number)
    assert ListingStep.objects.filter(listing=back).order_by("-pk")[0].verb == "relist"


def test_whoever_read_an_older_version_is_told() -> None:
    who = officer()
    listing = make.listing()
    suspend(listing, who)
    with pytest.raises(StaleVersion):
        withdraw_listing(
            listing=listing, reason_code="other", reason="x", by=who[0], scope=who[1], at=AT,
            seen_version=1,
        )  # fmt: skip


def test_the_database_refuses_states_outside_the_table_and_closing_without_why() -> None:
    listing = make.listing()
    with pytest.raises(IntegrityError, match="listing_closed_says_why"), transaction.atomic():
        Listing.objects.filter(pk=listing.pk).update(state="withdrawn")
    gone = make.listing(state="withdrawn", reason_code="other", reason="x")
    with pytest.raises(InternalError), transaction.atomic():
        Listing.objects.filter(pk=gone.pk).update(state="suspended")


def test_why_a_product_may_not_be_ordered() -> None:
    fine = make.listing().product
    make.listed_price(product=fine)
    never = make.product()
    closed = suspend(make.listing(), officer())
    make.listed_price(product=closed.product)
    found = not_tradable([fine, never, closed.product], TODAY)
    assert found[fine.pk] == []
    assert [reason.code for reason in found[never.pk]] == ["not_listed", "no_price"]
    [reason] = found[closed.product_id]
    assert (reason.code, reason.clause) == ("suspended", "S2-10.3")
    assert "高于最高挂网价" in reason.text
    assert closed.closed_by is not None and closed.closed_by.name in reason.ask


def test_a_listing_of_a_later_day_is_not_yet_one() -> None:
    listing = make.listing(listed_on=date(2026, 6, 16), since=date(2026, 6, 16))
    make.listed_price(product=listing.product)
    assert [r.code for r in why_not_tradable(listing.product, TODAY)] == ["not_yet_listed"]
    assert why_not_tradable(listing.product, date(2026, 6, 16)) == []
