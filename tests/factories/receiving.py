"""Rows of receiving: remarks, requests to return, marks and codes."""

from __future__ import annotations

from datetime import timedelta

from procurement.models import (
    CodeEvent,
    CodeFinding,
    Delivery,
    OrderLine,
    ProductMark,
    ReceiptRemark,
    ReturnRequest,
    TraceCode,
)
from tests.factories.catalog import product
from tests.factories.organisations import LONG_AGO, number, organisation
from tests.factories.stages import SENT, Parties, _copies, delivery, receipt

PARTY = ("institution", "manufacturer", "distributor", "county", "city", "province", "pool")


def _stamps(sent: Delivery) -> dict[str, object]:
    return {f"{name}_id": getattr(sent, f"{name}_id") for name in PARTY}


def receipt_remark(of: Parties | None = None, **fields: object) -> ReceiptRemark:
    taken = receipt(of)
    values: dict[str, object] = {
        **{f"{name}_id": getattr(taken, f"{name}_id") for name in PARTY}, "receipt_id": taken.pk,
        "received_at": taken.received_at, "delivery_id": taken.delivery_id, "kind": "taken",
        "by_name": "库管",
    }  # fmt: skip
    return ReceiptRemark.objects.create(**values | fields)


def return_request(
    of: Parties | None = None, line: OrderLine | None = None, **fields: object
) -> ReturnRequest:
    values: dict[str, object] = {
        **_copies(of, line), "request_no": f"TS{number()}", "packs": 1, "kind": "return",
        "reason": "damaged", "asked_at": SENT + timedelta(days=2), "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    if "delivery_id" not in fields:
        values["delivery_id"] = delivery(of, line).pk
    return ReturnRequest.objects.create(**values | fields)


def product_mark(**fields: object) -> ProductMark:
    made = fields.get("product") or product()
    values: dict[str, object] = {
        "kind": "drug", "mark": f"{8_000_000 + number()}", "product": made,
        "manufacturer": made.manufacturer,  # type: ignore[attr-defined]
        "bound_at": LONG_AGO, "bound_by_name": "测试",
    }  # fmt: skip
    return ProductMark.objects.create(**values | fields)


def trace_code(of: Parties | None = None, **fields: object) -> TraceCode:
    sent = fields.pop("sent", None) or delivery(of)
    assert isinstance(sent, Delivery)
    values: dict[str, object] = {
        **_stamps(sent), "code": f"{81_000_000_000_000_000_000 + number()}", "kind": "drug",
        "product_id": sent.product_id, "delivery_id": sent.pk, "state": "shipped",
        "state_at": LONG_AGO,
    }  # fmt: skip
    return TraceCode.objects.create(**values | fields)


def code_event(of: Parties | None = None, **fields: object) -> CodeEvent:
    code = fields.pop("code", None) or trace_code(of)
    assert isinstance(code, TraceCode)
    values: dict[str, object] = {
        **{f"{name}_id": getattr(code, f"{name}_id") for name in PARTY}, "trace_code": code,
        "kind": "shipped", "at": SENT, "delivery_id": code.delivery_id, "by_name": "测试",
    }  # fmt: skip
    return CodeEvent.objects.create(**values | fields)


def code_finding(of: Parties | None = None, **fields: object) -> CodeFinding:
    code = trace_code(of)
    values: dict[str, object] = {
        **{f"{name}_id": getattr(code, f"{name}_id") for name in PARTY}, "trace_code": code,
        "kind": "elsewhere", "product_id": code.product_id, "delivery_id": code.delivery_id,
        "found_at": SENT, "by_name": "测试",
    }  # fmt: skip
    values["other"] = fields.get("other") or organisation()
    return CodeFinding.objects.create(**values | fields)
