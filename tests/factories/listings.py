"""What listed prices are held against, and what is asked about listings."""

from __future__ import annotations

from datetime import date

from catalog.models import (
    Inquiry,
    InquiryStep,
    ListingRequest,
    MaximumPrice,
    PriceCalculation,
    PriceMark,
    PriceMultiple,
    ReferenceProduct,
    ShortageEntry,
)
from tests.factories.catalog import group, listed_price, listing, product
from tests.factories.organisations import LONG_AGO, number, organisation

SET: dict[str, object] = {"set_at": LONG_AGO, "set_by_name": "测试", "clause": "测试 一"}
DAY = date(2025, 1, 1)


def maximum_price(**fields: object) -> MaximumPrice:
    values: dict[str, object] = SET | {"price": 5, "valid_from": DAY}
    if not {"group", "product"} & set(fields):
        values["group"] = group()
    return MaximumPrice.objects.create(**values | fields)


def price_multiple(**fields: object) -> PriceMultiple:
    values: dict[str, object] = SET | {
        "name": "测试倍数", "reference": "lowest_listed", "yellow": "1.8", "red": 3,
        "valid_from": DAY,
    }  # fmt: skip
    return PriceMultiple.objects.create(**values | fields)


def price_mark(**fields: object) -> PriceMark:
    values: dict[str, object] = {
        "level": "red", "unit_price": 4, "reference_price": 1, "ratio": 4, "threshold": 3,
        "since": DAY, "computed_at": LONG_AGO,
    }  # fmt: skip
    values |= {name: make() for name, make in
               {"product": product, "multiple": price_multiple}.items() if name not in fields}  # fmt: skip
    return PriceMark.objects.create(**values | fields)


def reference_product(**fields: object) -> ReferenceProduct:
    named = fields.pop("product", None) or product()
    values: dict[str, object] = SET | {"product": named, "group": named.group}  # type: ignore[attr-defined]
    return ReferenceProduct.objects.create(**values | fields)


def shortage_entry(**fields: object) -> ShortageEntry:
    values: dict[str, object] = SET | {
        "kind": "shortage", "source": "national", "valid_from": DAY,
    }  # fmt: skip
    if not {"group", "product"} & set(fields):
        values["group"] = group()
    return ShortageEntry.objects.create(**values | fields)


def listing_request(**fields: object) -> ListingRequest:
    values: dict[str, object] = {
        "request_no": f"HF{number()}", "text": "请恢复", "created_at": LONG_AGO,
        "created_by_name": "测试", "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    if "listing" not in fields:
        values["listing"] = listing(state="suspended", reason_code="other", reason="测试")
    if "requester" not in fields:
        values["requester"] = organisation()
    if "office" not in fields:
        values["office"] = organisation("bureau")
    return ListingRequest.objects.create(**values | fields)


def inquiry(**fields: object) -> Inquiry:
    of = fields.pop("product", None) or product()
    values: dict[str, object] = {
        "inquiry_no": f"HX{number()}", "product": of, "enterprise": of.manufacturer,  # type: ignore[attr-defined]
        "subject": "price_rise", "question": "为什么涨价", "clause": "测试 一",
        "due_on": date(2026, 6, 30), "sent_at": LONG_AGO, "sent_by_name": "测试",
        "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    if "office" not in fields:
        values["office"] = organisation("bureau")
    return Inquiry.objects.create(**values | fields)


def inquiry_step(**fields: object) -> InquiryStep:
    values: dict[str, object] = {
        "at": LONG_AGO, "by_name": "测试", "verb": "send", "to_state": "sent",
    }  # fmt: skip
    if "inquiry" not in fields:
        values["inquiry"] = inquiry()
    return InquiryStep.objects.create(**values | fields)


def price_calculation(**fields: object) -> PriceCalculation:
    of = product()
    values: dict[str, object] = {
        "product": of, "representative": product(group=of.group), "inputs": {}, "steps": [],
        "result": 5, "listed_price": listed_price(product=of), "confirmed_at": LONG_AGO,
        "confirmed_by_name": "测试",
    }  # fmt: skip
    return PriceCalculation.objects.create(**values | fields)
