"""Rows of the stages; parties give the stamps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from complaints.models import Complaint
from contracts.models import AgreementLine
from monitoring.models import (
    ComputedMonth,
    IndicatorValue,
    LiveMonth,
    LiveValue,
    Warning,
    WarningMonth,
    WarningStep,
)
from organisations.models import Organisation, Region
from procurement.models import (
    Delivery,
    LineDelta,
    LineProgress,
    Order,
    OrderLine,
    Payment,
    PurchaseHistory,
    Receipt,
    Return,
)
from procurement.operations.line_progress import lock_lines
from settlement.models import RetentionInput
from tests.factories.catalog import batch, group, product
from tests.factories.organisations import LONG_AGO, number, organisation, pool
from volumes.models import VolumeReportLine

SENT = datetime(2026, 3, 10, 1, tzinfo=UTC)
MONTH = date(2026, 3, 1)


@dataclass(frozen=True)
class Parties:
    """Who a row is between."""

    institution: Organisation
    manufacturer: Organisation
    distributor: Organisation

    def stamps(self) -> dict[str, object]:
        """The party columns of a row of these three."""
        return {
            "institution": self.institution,
            "manufacturer": self.manufacturer,
            "distributor": self.distributor,
            **regions(self.institution),
        }


def regions(of: Organisation) -> dict[str, object]:
    """County, city, province and pool of an institution or authority."""
    chain: dict[str, Region | None] = {"county": None, "city": None, "province": None}
    step = of.region
    while step is not None:
        chain[step.level] = step
        step = step.parent
    return {**chain, "pool": of.pool}


def parties() -> Parties:
    return Parties(
        organisation(),
        organisation("enterprise"),
        organisation("enterprise", is_manufacturer=False, is_distributor=True),
    )


def _subject(of: Organisation) -> dict[str, object]:
    return {"institution": of, **regions(of)}


def agreement_line(of: Parties | None = None, **fields: object) -> AgreementLine:
    of = of or parties()
    values: dict[str, object] = {
        **of.stamps(), "agreement_no": f"XY{number()}", "year_no": 1, "agreed_qty": 100, "price": 4,
    }  # fmt: skip
    values["product"] = fields.get("product") or product(manufacturer=of.manufacturer)
    values["batch"] = fields.get("batch") or batch()
    return AgreementLine.objects.create(**values | fields)


def report_line(of: Organisation | None = None, **fields: object) -> VolumeReportLine:
    values: dict[str, object] = {
        **_subject(of or organisation()), "year_no": 1, "reported_qty": 100, "status": "approved",
        "submitted_at": LONG_AGO,
    }  # fmt: skip
    values["batch"] = fields.get("batch") or batch()
    values["group"] = fields.get("group") or group()
    return VolumeReportLine.objects.create(**values | fields)


def order(of: Parties | None = None, **fields: object) -> Order:
    """The head names no manufacturer."""
    stamps = {**(of or parties()).stamps(), "manufacturer": None}
    values: dict[str, object] = {**stamps, "order_no": f"DD{number()}", "sent_at": SENT}
    return Order.objects.create(**values | fields)


def order_line(of: Parties | None = None, **fields: object) -> OrderLine:
    of = of or parties()
    values: dict[str, object] = {
        **of.stamps(), "line_no": 1, "ordered_at": SENT, "packs": 10, "unit_price": 4,
    }  # fmt: skip
    values["order"] = fields.get("order") or order(of)
    values["product"] = fields.get("product") or product(manufacturer=of.manufacturer)
    return OrderLine.objects.create(**values | fields)


def _copies(of: Parties | None, line: OrderLine | None) -> dict[str, object]:
    line = line or order_line(of)
    copied = (
        "institution", "manufacturer", "distributor", "county", "city", "province", "pool",
        "product", "group", "batch",
    )  # fmt: skip
    return {
        "line_id": line.pk,
        "ordered_at": line.ordered_at,
        "unit_price": line.unit_price,
        **{f"{name}_id": getattr(line, f"{name}_id") for name in copied},
    }


def delivery(
    of: Parties | None = None, line: OrderLine | None = None, **fields: object
) -> Delivery:
    values: dict[str, object] = {
        **_copies(of, line), "delivery_no": f"PS{number()}", "recorded_at": SENT, "packs": 10,
    }  # fmt: skip
    return Delivery.objects.create(**values | fields)


def receipt(of: Parties | None = None, line: OrderLine | None = None, **fields: object) -> Receipt:
    values: dict[str, object] = {
        **_copies(of, line), "accepted_packs": 10, "refused_packs": 0,
        "received_at": SENT + timedelta(days=1),
    }  # fmt: skip
    if "delivery_id" not in fields:
        values["delivery_id"] = delivery(of, line).pk
    return Receipt.objects.create(**values | fields)


def returned(of: Parties | None = None, line: OrderLine | None = None, **fields: object) -> Return:
    values: dict[str, object] = {
        **_copies(of, line), "return_no": f"TH{number()}", "packs": 1,
        "returned_at": SENT + timedelta(days=2),
    }  # fmt: skip
    return Return.objects.create(**values | fields)


def progress(line: OrderLine | None = None) -> LineProgress:
    """As the line's facts make it."""
    line = line or order_line()
    (row,) = lock_lines(keys=[(line.pk, line.ordered_at)])
    return row


def progress_of(line_id: int, ordered_at: datetime) -> LineProgress:
    (row,) = lock_lines(keys=[(line_id, ordered_at)])
    return row


def payment(of: Parties | None = None, **fields: object) -> Payment:
    of = of or parties()
    values: dict[str, object] = {
        **of.stamps(), "payment_no": f"ZF{number()}", "enterprise": of.distributor, "amount": 40,
        "paid_on": date(2026, 4, 1), "payer": "fund",
    }  # fmt: skip
    return Payment.objects.create(**values | fields)


def purchase_history(of: Parties | None = None, **fields: object) -> PurchaseHistory:
    of = of or parties()
    values: dict[str, object] = {
        **of.stamps(), "distributor": None, "month": date(2025, 1, 1), "packs": 5, "amount": 20,
    }  # fmt: skip
    values["product"] = fields.get("product") or product(manufacturer=of.manufacturer)
    return PurchaseHistory.objects.create(**values | fields)


def line_delta() -> LineDelta:
    return LineDelta.objects.create(kind="line", row_id=1, line_id=1, noted_at=LONG_AGO)


def complaint(of: Parties | None = None, **fields: object) -> Complaint:
    values: dict[str, object] = {
        **(of or parties()).stamps(), "complaint_no": f"SQ{number()}", "filed_at": SENT,
    }  # fmt: skip
    return Complaint.objects.create(**values | fields)


def computed_month(**fields: object) -> ComputedMonth:
    values: dict[str, object] = {
        "month": MONTH, "computed_at": LONG_AGO, "computed_by_name": "测试",
    }  # fmt: skip
    if "province" not in fields:
        values["province"] = regions(organisation())["province"]
    return ComputedMonth.objects.create(**values | fields)


def _month_partition(month: date) -> None:
    """The application makes the partitions of its roll-ups."""
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    assert after > month
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS rollup.indicator_value_made_{month:%Y%m} "
            f"PARTITION OF rollup.indicator_value FOR VALUES IN ('{month}')"
        )


def indicator_value(of: Organisation | None = None, **fields: object) -> IndicatorValue:
    of = of or organisation()
    month = fields.get("month", MONTH)
    assert isinstance(month, date)
    _month_partition(month)
    values: dict[str, object] = {
        **_subject(of), "month": month, "indicator": "completion_rate", "window": "ytd",
        "subject_type": "institution", "subject_code": of.code, "numerator": 1, "denominator": 2,
    }  # fmt: skip
    return IndicatorValue.objects.create(**values | fields)


def live_value(of: Organisation | None = None, **fields: object) -> LiveValue:
    of = of or organisation()
    values: dict[str, object] = {
        **_subject(of), "month": MONTH, "indicator": "completion_rate", "window": "ytd",
        "subject_type": "institution", "subject_code": of.code, "numerator": 1, "denominator": 2,
    }  # fmt: skip
    return LiveValue.objects.create(**values | fields)


def live_month(**fields: object) -> LiveMonth:
    values: dict[str, object] = {
        "month": MONTH, "cut": SENT, "folded_at": SENT, "rebuilt_at": SENT,
    }  # fmt: skip
    return LiveMonth.objects.create(**values | fields)


def warning(of: Organisation | None = None, **fields: object) -> Warning:
    of = of or organisation()
    values: dict[str, object] = {
        **_subject(of), "warning_no": f"YJ{number()}", "rule": "behind_schedule",
        "severity": "yellow", "subject_type": "institution", "subject_code": of.code,
        "measured": 0, "threshold": 1, "first_month": MONTH, "last_month": MONTH,
        "state_at": LONG_AGO, "state_by_name": "测试", "opened_at": LONG_AGO,
    }  # fmt: skip
    return Warning.objects.create(**values | fields)


def warning_month(of: Warning | None = None, **fields: object) -> WarningMonth:
    values: dict[str, object] = {
        "month": MONTH,
        "severity": "yellow",
        "measured": 0,
        "threshold": 1,
    }
    return WarningMonth.objects.create(warning=of or warning(), **values | fields)


def warning_step(of: Warning | None = None, **fields: object) -> WarningStep:
    values: dict[str, object] = {
        "at": LONG_AGO, "by_name": "测试", "verb": "open", "to_state": "open",
    }  # fmt: skip
    return WarningStep.objects.create(warning=of or warning(), **values | fields)


def retention_input(**fields: object) -> RetentionInput:
    values: dict[str, object] = {"year_no": 1, "baseline_price": 3}
    values |= {name: make() for name, make in {"batch": batch, "pool": pool, "group": group}.items()
               if name not in fields}  # fmt: skip
    return RetentionInput.objects.create(**values | fields)
