"""Rows of the supply side: invoices, stock reports, surge cases, transfers, what the clock announced."""

from __future__ import annotations

from datetime import date, timedelta

from procurement.models import (
    AutoAcceptance,
    Delivery,
    Invoice,
    InvoiceItem,
    ProgressDifference,
    StockReport,
    SurgeCase,
    Transfer,
)
from tests.factories.catalog import group, product
from tests.factories.organisations import LONG_AGO, number, organisation, region
from tests.factories.receiving import _stamps
from tests.factories.stages import SENT, Parties, delivery, parties, regions
from tests.factories.supply_cases import MADE, surge_report


def auto_acceptance(sent: Delivery | None = None, **fields: object) -> AutoAcceptance:
    sent = sent or delivery()
    values: dict[str, object] = {
        **_stamps(sent), "delivery_id": sent.pk, "recorded_at": sent.recorded_at,
        "line_id": sent.line_id, "announced_at": SENT, "accept_at": SENT + timedelta(days=8),
    }  # fmt: skip
    return AutoAcceptance.objects.create(**values | fields)


def progress_difference(**fields: object) -> ProgressDifference:
    values: dict[str, object] = {
        "line_id": number(), "ordered_at": SENT, "label": f"DD{number()}-1", "found_at": LONG_AGO,
        "held": {"shipped_packs": "3"}, "facts": {"shipped_packs": "2"},
    }  # fmt: skip
    return ProgressDifference.objects.create(**values | fields)


def stock_report(**fields: object) -> StockReport:
    made = fields.get("product") or product()
    values: dict[str, object] = {
        "product": made, "manufacturer": made.manufacturer,  # type: ignore[attr-defined]
        "month": date(2026, 2, 1), "stock_packs": 300, "capacity_packs": 500, "reserve_packs": 50,
        "reported_at": LONG_AGO, "reporter_name": "测试",
    }  # fmt: skip
    return StockReport.objects.create(**values | fields)


def invoice(of: Parties | None = None, **fields: object) -> Invoice:
    """A blue one; the head names no manufacturer."""
    stamps = {**(of or parties()).stamps(), "manufacturer": None}
    values: dict[str, object] = {
        **stamps, "invoice_no": f"{26_360_000_000_000_000_000 + number()}", "kind": "blue",
        "issued_on": date(2026, 3, 12), "seller_tax_no": "91360000MA0000000X",
        "buyer_tax_no": "12360000400000000X", "net": 100, "tax": 13, "total": 113,
        "registered_at": LONG_AGO, "registered_by_name": "测试",
    }  # fmt: skip
    return Invoice.objects.create(**values | fields)


def invoice_item(of: Parties | None = None, **fields: object) -> InvoiceItem:
    of = of or parties()
    sent = delivery(of)
    copied = ("line_id", "ordered_at", "product_id", "group_id", "batch_id", "unit_price")
    values: dict[str, object] = {
        **_stamps(sent), **{name: getattr(sent, name) for name in copied},
        "delivery_id": sent.pk, "delivery_no": sent.delivery_no, "packs": 10, "amount": 113,
    }  # fmt: skip
    values["invoice"] = fields.get("invoice") or invoice(of)
    return InvoiceItem.objects.create(**values | fields)


def surge_case(**fields: object) -> SurgeCase:
    """An open one, of a city."""
    place = fields.get("region") or region()
    city = place if place.level == "city" else None  # type: ignore[attr-defined]
    values: dict[str, object] = {
        "case_no": f"BZ{number()}", "region": place, "city": city,
        "province": city.parent if city else place,  # type: ignore[attr-defined]
        "cause": "epidemic", "description": "流感就诊量上升", "opened_at": LONG_AGO,
        "opener_name": "测试", "starts_on": date(2026, 3, 2), "ends_on": date(2026, 4, 30), **MADE,
    }  # fmt: skip
    values["opened_by"] = fields.get("opened_by") or organisation("bureau", region=place)
    values["group"] = fields.get("group") or group()
    return SurgeCase.objects.create(**values | fields)


def transfer(**fields: object) -> Transfer:
    """One that waits for the lender's answer."""
    report = fields.get("report") or surge_report()
    lender = fields.get("lender") or organisation()
    stamps = regions(lender)  # type: ignore[arg-type]
    values: dict[str, object] = {
        **_stamps(report), "transfer_no": f"TJ{number()}", "report": report,  # type: ignore[arg-type]
        "product_id": report.product_id, "lender": lender,  # type: ignore[attr-defined]
        "lender_county": stamps["county"], "lender_city": stamps["city"], "asked_packs": 10,
        "asked_at": LONG_AGO, "asker_name": "测试", **MADE,
    }  # fmt: skip
    return Transfer.objects.create(**values | fields)
