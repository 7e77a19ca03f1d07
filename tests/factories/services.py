"""Service items with prices, consumables, candidates and eligibility."""

from __future__ import annotations

from datetime import date

from catalog.models import (
    ServiceCandidate,
    ServiceConsumable,
    ServiceEligibility,
    ServiceItem,
    ServicePrice,
)
from tests.factories.catalog import group
from tests.factories.organisations import LONG_AGO, number, organisation, region

SET: dict[str, object] = {"set_at": LONG_AGO, "set_by_name": "测试"}
DATED: dict[str, object] = SET | {"clause": "测试 一", "valid_from": date(2025, 1, 1)}


def service_item(**fields: object) -> ServiceItem:
    values: dict[str, object] = SET | {
        "code": f"33{number()}", "name": "人工髋关节置换术", "unit": "次", "category": "surgery",
    }  # fmt: skip
    return ServiceItem.objects.create(**values | fields)


def service_price(**fields: object) -> ServicePrice:
    values: dict[str, object] = DATED | {"kind": "in_force", "price": 3000}
    if "item" not in fields:
        values["item"] = service_item()
    if "region" not in fields:
        values["region"] = region()
    return ServicePrice.objects.create(**values | fields)


def service_consumable(**fields: object) -> ServiceConsumable:
    values: dict[str, object] = DATED | {"way": "included", "quantity": 1}
    if "item" not in fields:
        values["item"] = service_item()
    if not {"group", "product"} & set(fields):
        values["group"] = group(category="consumable")
    return ServiceConsumable.objects.create(**values | fields)


def service_candidate(**fields: object) -> ServiceCandidate:
    price = fields.pop("price", None) or service_price(
        **{name: fields[name] for name in ("item", "region") if name in fields}
    )
    values: dict[str, object] = {
        "candidate_no": f"TJ{number()}", "item": price.item, "region": price.region, "year": 2026,  # type: ignore[attr-defined]
        "ground": "included", "accelerated": False, "listed_on": date(2026, 1, 5), "price": price,
        "cost_before": 100, "cost_after": 60, "steps": [], "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    return ServiceCandidate.objects.create(**values | fields)


def service_eligibility(**fields: object) -> ServiceEligibility:
    values: dict[str, object] = DATED | {
        "year": 2026,
        "verdict": "deferred",
        "reason": "未按要求使用",
    }
    if "institution" not in fields:
        values["institution"] = organisation()
    return ServiceEligibility.objects.create(**values | fields)
