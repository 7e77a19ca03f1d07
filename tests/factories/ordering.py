"""Carts, templates, receiving places, settings and clinical reasons."""

from __future__ import annotations

from organisations.models import Organisation
from procurement.models import (
    Cart,
    CartLine,
    ClinicalReason,
    OrderingSetting,
    OrderTemplate,
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
