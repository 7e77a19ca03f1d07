"""What the catalogue says now about the fields that a kind of application changes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from catalog.models import Product, RegistrationVersion
from catalog.queries.registrations import covers
from catalog.rules.applications.fields import FIELDS


def current_values(kind: str, product: Product | None, on: date) -> dict[str, str]:
    """Kept texts by field; '' for what is not recorded. A new product has nothing yet."""
    empty = {field.code: "" for field in FIELDS[kind]}
    if product is None:
        return empty
    known = {
        "code": product.code, "name": product.name, "specification": product.specification,
        "pack_unit": product.pack_unit, "price": _number(product.listed_price),
    }  # fmt: skip
    if kind in ("renewal", "registration_change"):
        known |= _paper(product, on)
    return empty | {code: text for code, text in known.items() if code in empty}


def paper_of(product: Product, on: date) -> RegistrationVersion | None:
    """The version of the 注册证 that covers the product on the day; expired ones too."""
    return (
        RegistrationVersion.objects.filter(
            covers(on),
            covers(on, "registration__product_links__"),
            registration__product_links__product=product,
        )
        .select_related("registration")
        .first()
    )


def _paper(product: Product, on: date) -> dict[str, str]:
    paper = paper_of(product, on)
    if paper is None:
        return {}
    return {
        "registration_number": paper.registration.number,
        "holder": paper.holder,
        "issued_on": paper.issued_on.isoformat(),
        "expires_on": paper.expires_on.isoformat(),
        "scope": paper.scope,
    }


def _number(value: Decimal | None) -> str:
    return "" if value is None else format(value.quantize(Decimal("0.0001")), "f")
