"""Carts, plans, templates, receiving places, settings, clinical reasons and negotiations."""

from __future__ import annotations

from datetime import date

from organisations.models import Organisation
from procurement.models import (
    Cart,
    CartLine,
    ClinicalReason,
    ClinicalReview,
    ColumnMapping,
    Negotiation,
    NegotiationOffer,
    OrderingSetting,
    OrderTemplate,
    PlanLine,
    ProcurementPlan,
    ReceivingPlace,
)
from tests.factories.catalog import product
from tests.factories.organisations import LONG_AGO, number, organisation
from tests.factories.stages import Parties, order_line, regions

CHANGED = {"changed_at": LONG_AGO, "changed_by_name": "测试"}


def _own(of: Organisation) -> dict[str, object]:
    return {"institution": of, **regions(of)}


def receiving_place(of: Organisation | None = None, **fields: object) -> ReceivingPlace:
    values: dict[str, object] = {
        **_own(of or organisation()), **CHANGED, "name": f"药库{number()}", "address": "门诊楼一层",
        "contact": "李库管", "phone": "0791-0000000", "hours": "工作日 8:00—17:00",
    }  # fmt: skip
    return ReceivingPlace.objects.create(**values | fields)


def ordering_setting(of: Organisation | None = None, **fields: object) -> OrderingSetting:
    values: dict[str, object] = {"institution": of or organisation(), "approval_over": 1000}
    return OrderingSetting.objects.create(**values | CHANGED | fields)


def cart(of: Organisation | None = None, **fields: object) -> Cart:
    values: dict[str, object] = {
        **_own(of or organisation()), **CHANGED, "made_at": LONG_AGO, "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    made = Cart.objects.create(**values | fields)
    made.refresh_from_db()
    return made


def cart_line(**fields: object) -> CartLine:
    head = fields.get("cart") or cart()
    values: dict[str, object] = {"cart": head, "packs": 10}
    values["institution"] = head.institution  # type: ignore[attr-defined]
    values["product"] = fields.get("product") or product()
    return CartLine.objects.create(**values | fields)


def order_template(of: Organisation | None = None, **fields: object) -> OrderTemplate:
    values: dict[str, object] = {
        **_own(of or organisation()), **CHANGED, "template_no": f"MB{number()}",
        "name": f"模板{number()}", "rows": [],
    }  # fmt: skip
    return OrderTemplate.objects.create(**values | fields)


def clinical_reason(of: Parties | None = None, **fields: object) -> ClinicalReason:
    line = fields.pop("line", None) or order_line(of)
    values: dict[str, object] = {
        "line_id": line.pk, "ordered_at": line.ordered_at, "order": line.order,  # type: ignore[attr-defined]
        "product": line.product, "reason": "过敏", "given_by_name": "测试",  # type: ignore[attr-defined]
        **_own(line.institution),  # type: ignore[attr-defined]
    }  # fmt: skip
    return ClinicalReason.objects.create(**values | fields)


def clinical_review(of: Parties | None = None, **fields: object) -> ClinicalReview:
    reason = fields.pop("clinical_reason", None) or clinical_reason(of)
    values: dict[str, object] = {
        "clinical_reason": reason, "review_no": 1, "result": "unreasonable", "note": "无指征",
        "reviewed_at": LONG_AGO, "reviewed_by_name": "测试",
        **_own(reason.institution),  # type: ignore[attr-defined]
    }  # fmt: skip
    return ClinicalReview.objects.create(**values | fields)


def plan(of: Organisation | None = None, **fields: object) -> ProcurementPlan:
    values: dict[str, object] = {
        **_own(of or organisation()), **CHANGED, "planned_on": date(2026, 3, 2), "cover_days": 30,
        "made_at": LONG_AGO, "maker_name": "测试", "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    made = ProcurementPlan.objects.create(**values | fields)
    made.refresh_from_db()
    return made


def plan_line(**fields: object) -> PlanLine:
    values: dict[str, object] = {
        "daily_packs": 1, "last_year_packs": 30, "under_way_packs": 0, "suggested_packs": 33,
        "packs": 33,
    }  # fmt: skip
    values["plan"] = fields.get("plan") or plan()
    values["product"] = fields.get("product") or product()
    return PlanLine.objects.create(**values | fields)


def negotiation(of: Organisation | None = None, **fields: object) -> Negotiation:
    """One that the institution opened; its offer of 8 stands."""
    made = fields.get("product") or product()
    values: dict[str, object] = {
        **_own(of or organisation()), "negotiation_no": f"YJ{number()}", "product": made,
        "manufacturer": made.manufacturer, "listed_price": 10, "opened_at": LONG_AGO,  # type: ignore[attr-defined]
        "last_side": "institution", "price": 8, "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31), "state_at": LONG_AGO, "state_by_name": "测试",
    }  # fmt: skip
    return Negotiation.objects.create(**values | fields)


def negotiation_offer(**fields: object) -> NegotiationOffer:
    values: dict[str, object] = {
        "offer_no": 1, "side": "institution", "price": 8, "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31), "offered_at": LONG_AGO, "offered_by_name": "测试",
    }  # fmt: skip
    values["negotiation"] = fields.get("negotiation") or negotiation()
    return NegotiationOffer.objects.create(**values | fields)


def column_mapping(of: Organisation | None = None, **fields: object) -> ColumnMapping:
    values: dict[str, object] = {
        "organisation": of or organisation(), "kind": "orders", **CHANGED,
        "columns": {"product_code": "药品编码", "packs": "purcCnt"},
    }  # fmt: skip
    return ColumnMapping.objects.create(**values | fields)
