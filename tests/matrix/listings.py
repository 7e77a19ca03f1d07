"""Listings, requests to restore, 函询 and price tables of the actors' province and its neighbour's."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Listing, Product
from core.attachments.store import attach, keep_made
from core.audit.record import SystemActor
from organisations.models import Organisation
from tests.factories import catalog as make
from tests.factories import listings as made
from tests.factories.organisations import LONG_AGO, organisation
from tests.factories.quality import edition
from tests.matrix.actors import Cast
from tests.matrix.places import Places

CLOSED = {"state": "suspended", "reason_code": "supply", "reason": "断供", "clause": "S2-3.6"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def seed_listings(places: Places, cast: Cast, keys: dict[str, str]) -> dict[str, str]:
    """`closed` is asked about by hospitals A, B and C, `shut` by nobody; t is the neighbour's."""
    first = make.listing(product=Product.objects.get(code=keys["product_a"]))
    closed, shut, gone = (
        _closed(places.m1, places.bureau, f"XPG{number}", state)
        for number, state in enumerate(("suspended", "suspended", "withdrawn"))
    )
    twin = _closed(organisation("enterprise"), places.bureau_t, "XPG9", "suspended")
    unlisted = make.product(code="XPN", manufacturer=places.m1, group=first.product.group)
    made_keys = {
        "listing_a": first.listing_no, "listing_closed": closed.listing_no,
        "listing_shut": shut.listing_no, "listing_gone": gone.listing_no,
        "product_unlisted": unlisted.code,
        "multiple_p": str(made.price_multiple(valid_from=date(2090, 1, 1)).pk),
        "maximum_p": str(made.maximum_price().pk),
        "shortage_p": str(made.shortage_entry().pk),
    }  # fmt: skip
    askers = {"a": places.a, "b": places.b, "c": places.c}
    for letter, hospital in askers.items():
        row = made.listing_request(listing=closed, requester=hospital, office=places.bureau)
        made_keys[f"request_{letter}"] = row.request_no
        if letter == "a":
            made_keys["request_file"] = _paper("listing_request", row.pk)
    for name in ("request_t", "request_t2", "request_t3"):
        row = made.listing_request(listing=twin, requester=organisation(), office=places.bureau_t)
        made_keys[name] = row.request_no
    made_keys |= _inquiries(places, first.product, twin.product)
    user = cast.users["province"]
    kept = keep_made(
        owner_type="price_table", owner_id=user.pk, name="错误.xlsx", by=user, at=LONG_AGO,
        body=SimpleUploadedFile("x", b"x"), content_type="text/plain",
    )  # fmt: skip
    own = edition(organisation=places.bureau, kind="conversions", proposed_by_id=user.pk)
    return made_keys | {"marked_p": str(kept.pk), "edition_own": str(own.edition_no)}


def _closed(maker: Organisation, office: Organisation, code: str, state: str) -> Listing:
    product = make.product(code=code, manufacturer=maker)
    return make.listing(product=product, closed_by=office, **CLOSED | {"state": state})


def _inquiries(places: Places, product: Product, other: Product) -> dict[str, str]:
    second = make.product(manufacturer=places.m2)
    rows = {
        "inquiry_1": made.inquiry(product=product, office=places.bureau),
        "inquiry_2": made.inquiry(product=second, office=places.bureau),
        "inquiry_done": made.inquiry(product=product, office=places.bureau, state="answered"),
        **{name: made.inquiry(product=other, office=places.bureau_t)
           for name in ("inquiry_t", "inquiry_t2", "inquiry_t3")},
    }  # fmt: skip
    found = {name: str(row.inquiry_no) for name, row in rows.items()}
    return found | {"inquiry_file": _paper("price_inquiry", rows["inquiry_1"].pk)}


def _paper(owner_type: str, owner_id: int) -> str:
    (kept,) = attach(
        owner_type=owner_type, owner_id=owner_id, by=SystemActor("测试"), at=LONG_AGO,
        uploads=[SimpleUploadedFile("证明.pdf", PDF)],
    )  # fmt: skip
    return str(kept.pk)
