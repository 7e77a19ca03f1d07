"""Who is told when a product is closed, and how a product is found while typing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.operations.listings import restore_listing, suspend_listing, withdraw_listing
from core.audit.record import SystemActor
from inbox.models import Notice
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages

pytestmark = pytest.mark.django_db
RULE = SystemActor("定时任务")


def told(key: str) -> set[int]:
    return set(Notice.objects.filter(key__startswith=key).values_list("organisation_id", flat=True))


def test_those_who_bought_or_are_bound_are_told_once(client: Client) -> None:
    """Bought within a year and not taken back, or with a line of a year that still runs."""
    buyer, late, cancelled, bound, over = (stages.parties() for _ in range(5))
    maker = buyer.manufacturer
    product = make.product(code="XU1", manufacturer=maker)
    listing = make.listing(product=product)
    of_maker = {"manufacturer": maker, "product": product}
    stages.order_line(buyer, ordered_at=timezone.now() - timedelta(days=364), **of_maker)
    stages.order_line(late, ordered_at=timezone.now() - timedelta(days=367), **of_maker)
    stages.order_line(cancelled, ordered_at=timezone.now(), cancelled_at=timezone.now(), **of_maker)
    today = timezone.localdate()
    for parties, ends in ((bound, today), (over, today - timedelta(days=1))):
        batch = make.batch(effective_on=today - timedelta(days=300), ends_on=ends)
        make.agreement_year(batch=batch, year_no=1, starts_on=batch.effective_on, ends_on=ends)
        stages.agreement_line(parties, batch=batch, year_no=1, **of_maker)
    closed = suspend_listing(
        listing=listing, reason_code="supply", reason="断供", by=RULE, at=timezone.now()
    )
    hospitals = {buyer.institution.pk, bound.institution.pk}
    assert told(f"listing-{listing.listing_no}-{closed.row_version}") == hospitals | {maker.pk}
    notice = Notice.objects.get(organisation=bound.institution)
    assert "暂停采购" in notice.title and "断供" in notice.body
    client.force_login(people.person(bound.institution, "clerk"))
    assert client.get(notice.url).status_code == 200
    withdrawn = withdraw_listing(
        listing=closed, reason_code="supply", reason="停产", by=RULE, at=timezone.now()
    )
    assert told(f"listing-{listing.listing_no}-{withdrawn.row_version}") == hospitals | {maker.pk}
    opened = restore_listing(listing=withdrawn, reason="复产", by=RULE, at=timezone.now())
    assert told(f"listing-{listing.listing_no}-{opened.row_version}") == {maker.pk}


def test_a_field_finds_products_and_is_filled_in(client: Client) -> None:
    client.force_login(people.person(people.organisation(), "clerk"))
    make.product(code="XA99", name="阿托伐他汀片", initials="atftt", pinyin="atuofatating")
    for typed in ("阿托伐", "atft", "XA9"):
        page = client.get(
            "/catalog/product-options/", {"field": "representative", "representative": typed}
        )
        assert "XA99" in page.content.decode() and "pick=XA99" in page.content.decode(), typed
    none = client.get("/catalog/product-options/", {"field": "product", "product": "没有的"})
    assert "没有找到" in none.content.decode()
    chosen = client.get("/catalog/product-options/", {"field": "representative", "pick": "XA99"})
    body = chosen.content.decode()
    # A second answer is put where the first one was, not into the next field's place.
    assert 'hx-swap="innerHTML"' in body
    assert 'name="representative"' in body and 'value="XA99"' in body and "阿托伐他汀片" in body
    assert (
        client.get("/catalog/product-options/", {"field": "x", "pick": "NONE"}).status_code == 404
    )
    assert client.get("/catalog/product-options/", {"field": '"><script>'}).status_code == 404
    make.group(
        code="PZ9", name="阿托伐他汀口服常释剂型", initials="atftkfcsjx", pinyin="atuofatating"
    )
    maker = people.organisation(
        "enterprise", name="某某制药", initials="mmzy", pinyin="moumouzhiyao"
    )
    for of, typed, code in (("group", "atft", "PZ9"), ("enterprise", "mmzy", maker.code),
                            ("sampled", "某某", maker.code)):  # fmt: skip
        found = client.get("/catalog/product-options/", {"field": "c", "of": of, "c": typed})
        assert f"pick={code}" in found.content.decode(), of
    assert client.get("/catalog/product-options/", {"field": "c", "of": "users"}).status_code == 404
