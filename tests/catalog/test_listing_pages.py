"""The pages of listings: what each reader finds on them, and the steps posted from them."""

from __future__ import annotations

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from catalog.models import Inquiry, Listing, ListingRequest, PriceCalculation, Product
from catalog.operations.listings import suspend_listing, withdraw_listing
from core.transitions import Refusal
from inbox.models import BulkRun
from organisations.models import User
from organisations.queries.scope import scope_of
from tests.factories import catalog as make
from tests.factories import listings as made
from tests.factories import organisations as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return people.person(people.organisation("bureau", region=people.region()), "reviewer")


@pytest.fixture
def closed(officer: User) -> Listing:
    return make.listing(
        state="suspended", reason_code="over_maximum", reason="高于最高挂网价", clause="S2-10.3",
        how_to_restore="降价后申请", closed_by=officer.organisation,
    )  # fmt: skip


def text(client: Client, path: str, user: User) -> str:
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200, answer.content.decode()[:300]
    return str(answer.content.decode())


def test_a_closed_product_says_by_whom_why_and_the_way_back(
    client: Client, closed: Listing, officer: User
) -> None:
    hospital = people.person(people.organisation(), "clerk")
    for path in (
        f"/catalog/listings/{closed.listing_no}/",
        f"/catalog/products/{closed.product.code}/",
    ):
        page = text(client, path, hospital)
        assert closed.listing_no in page and officer.organisation.name in page
        assert "高于最高挂网价" in page and "降价后申请" in page
    assert "提交申请" in text(client, f"/catalog/listings/{closed.listing_no}/", hospital)


def test_the_manufacturer_asks_the_office_answers_and_the_product_is_open(
    client: Client, closed: Listing, officer: User
) -> None:
    maker = people.person(closed.product.manufacturer, "clerk")
    page = f"/catalog/listings/{closed.listing_no}/"
    client.force_login(maker)
    assert client.post(f"{page}request/", {"text": ""}).status_code == 400
    assert client.post(f"{page}request/", {"text": "已降价"}).status_code == 302
    row = ListingRequest.objects.get()
    assert row.request_no in text(client, page, officer)
    answer = client.post(
        f"/catalog/listing-requests/{row.request_no}/grant/", {"version": "1", "answer": "属实"}
    )
    assert answer.status_code == 302
    closed.refresh_from_db()
    assert closed.state == "listed"


def test_the_list_finds_by_number_and_by_what_a_price_does_not_fit(
    client: Client, officer: User
) -> None:
    over = make.listing(product=make.product(listed_price=9))
    made.maximum_price(product=over.product, price=5)
    fine = make.listing(product=make.product(listed_price=4))
    made.price_mark(product=fine.product)
    for query, listing in (
        (f"q={over.listing_no}", over), ("check=over_maximum", over), ("check=red", fine),
        (f"q={fine.product.manufacturer.code}", fine),
    ):  # fmt: skip
        page = text(client, f"/catalog/listings/?{query}", officer)
        other = fine if listing is over else over
        assert listing.listing_no in page and other.listing_no not in page, query


def test_many_are_suspended_after_a_confirmation(client: Client, officer: User) -> None:
    rows = [make.listing() for _ in range(2)]
    done = make.listing(state="suspended", reason_code="other", reason="x")
    client.force_login(officer)
    chosen = {"ids": [row.product_id for row in (*rows, done)], "query": ""}
    answer = client.post("/bulk/listing-suspend/", chosen)
    run = BulkRun.objects.get()
    assert answer.status_code == 302 and Listing.objects.filter(state="listed").count() == 2
    client.post(f"/bulk/runs/{run.pk}/", {"reason_code": "supply", "reason": "断供"})
    assert Listing.objects.filter(state="suspended", reason="断供").count() == 2
    run.refresh_from_db()
    assert [result["ok"] for result in run.results].count(False) == 1


def test_a_price_set_by_an_officer_stays_within_selection_and_maximum(
    client: Client, officer: User
) -> None:
    listing = make.listing()
    made.maximum_price(product=listing.product, price=5)
    client.force_login(officer)
    url = f"/catalog/listings/{listing.listing_no}/price/"
    given = {"valid_from": f"{timezone.localdate()}", "source": "核价"}
    assert "高于最高挂网价" in client.post(url, given | {"price": "5.01"}).content.decode()
    assert client.post(url, given | {"price": "4.99"}).status_code == 302
    listing.product.refresh_from_db()
    assert listing.product.listed_price == Decimal("4.99")
    make.selection(product=listing.product, price=4)
    assert "按中选价" in client.post(url, given | {"price": "4.99"}).content.decode()


def test_the_calculator_shows_steps_and_the_confirmed_result_is_the_price(
    client: Client, officer: User
) -> None:
    group = make.group()
    old = make.product(group=group, listed_price=Decimal("10.0000"), code="XOLD")
    new = make.product(group=group, listed_price=None, code="XNEW")
    given = {
        "product": "XNEW", "representative": "XOLD", "representative_strength": "5",
        "strength": "10", "representative_count": "10", "count": "20", "material": "none",
    }  # fmt: skip
    hospital = people.person(people.organisation(), "clerk")
    client.force_login(hospital)
    shown = client.post("/catalog/price-ratio/", given).content.decode()
    assert "33.15" in shown and "1.7 ^ (log₂ X)" in shown and "仅供测算" in shown
    full = given | {
        "representative_price": f"{old.listed_price}", "expected": "33.15",
        "valid_from": f"{timezone.localdate()}",
    }  # fmt: skip
    assert client.post("/catalog/price-ratio/confirm/", full).status_code == 403
    client.force_login(officer)
    assert (
        client.post("/catalog/price-ratio/confirm/", full | {"expected": "33"}).status_code == 400
    )
    assert client.post("/catalog/price-ratio/confirm/", full).status_code == 302
    new.refresh_from_db()
    assert new.listed_price == Decimal("33.15") and PriceCalculation.objects.count() == 1


def test_an_inquiry_is_sent_and_answered_on_its_page(client: Client, officer: User) -> None:
    product = make.product()
    client.force_login(officer)
    client.post(
        "/catalog/inquiries-new/",
        {"product": product.code, "subject": "price_rise", "question": "说明", "workdays": "5"},
    )
    row = Inquiry.objects.get()
    url = f"/catalog/inquiries/{row.inquiry_no}/"
    maker = people.person(product.manufacturer, "clerk")
    assert "提交答复" in text(client, url, maker)
    assert client.post(f"{url}answer/", {"version": "1", "answer": ""}).status_code == 400
    assert client.post(f"{url}answer/", {"version": "1", "answer": "涨价"}).status_code == 302
    assert "办结" in text(client, url, officer)
    assert client.post(f"{url}close/", {"version": "1", "closing_note": "属实"}).status_code == 409
    assert client.post(f"{url}close/", {"version": "2", "closing_note": "属实"}).status_code == 302


def test_entries_of_the_tables_end_by_a_bulk_act(client: Client, officer: User) -> None:
    row = made.maximum_price()
    client.force_login(officer)
    client.post("/bulk/maximum-price-end/", {"ids": [row.pk], "query": ""})
    run = BulkRun.objects.get()
    client.post(f"/bulk/runs/{run.pk}/", {"valid_to": f"{timezone.localdate()}"})
    row.refresh_from_db()
    assert row.valid_to == timezone.localdate()


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_close_a_product_one_way() -> None:
    officer = people.person(people.organisation("bureau", region=people.region()), "reviewer")
    listing = make.listing()
    scope = scope_of(officer, date(2026, 6, 15))
    start = threading.Barrier(2)
    told: list[str] = []

    def close(operation: object) -> None:
        try:
            start.wait()
            operation(  # type: ignore[operator]
                listing=Listing.objects.get(pk=listing.pk), reason_code="other", reason="甲",
                by=officer, scope=scope, at=timezone.now(), seen_version=1,
            )  # fmt: skip
            told.append("done")
        except Refusal:
            told.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=close, args=[each])
               for each in (suspend_listing, withdraw_listing)]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "refused"]
    assert Product.objects.get(pk=listing.product_id).listing.row_version == 2
