"""A province read from its folder of CSV files: one record type per file, nothing derived.

Timestamps become naive Asia/Shanghai date-times, numbers Decimal, an empty cell None. The folder is trusted
to pass the load checks; a cell that cannot be read raises ValueError.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

T = TypeVar("T")


@dataclass(frozen=True)
class Region:
    code: str
    name: str
    level: str
    parent_code: str | None


@dataclass(frozen=True)
class Pool:
    code: str
    name: str
    region_code: str


@dataclass(frozen=True)
class Institution:
    code: str
    region_code: str
    pool_code: str


@dataclass(frozen=True)
class Consortium:
    code: str
    lead_institution_code: str


@dataclass(frozen=True)
class Member:
    consortium_code: str
    institution_code: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Group:
    code: str
    category: str


@dataclass(frozen=True)
class Product:
    code: str
    group_code: str | None
    manufacturer_uscc: str
    category: str
    base_units_per_pack: Decimal
    tags: frozenset[str]


@dataclass(frozen=True)
class Substitute:
    group_code: str
    product_code: str


@dataclass(frozen=True)
class Batch:
    code: str
    category: str
    policy_code: str
    effective_on: date
    ends_on: date


@dataclass(frozen=True)
class BatchYear:
    batch_code: str
    year_no: int
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class BatchParameter:
    batch_code: str
    parameter: str
    value: str
    clause: str | None


@dataclass(frozen=True)
class Selection:
    batch_code: str
    product_code: str
    region_code: str
    valid_from: date | None
    valid_to: date | None
    role: str
    price: Decimal


@dataclass(frozen=True)
class VolumeReport:
    batch_code: str
    year_no: int
    institution_code: str
    group_code: str
    reported_qty: Decimal
    prior_year_qty: Decimal | None
    explanation: str | None
    submitted_at: datetime | None
    status: str


@dataclass(frozen=True)
class Agreement:
    agreement_no: str
    batch_code: str
    year_no: int
    institution_code: str
    manufacturer_uscc: str
    distributor_uscc: str
    product_code: str
    agreed_qty: Decimal
    price: Decimal
    institution_signed_at: datetime | None
    manufacturer_signed_at: datetime | None
    distributor_signed_at: datetime | None


@dataclass(frozen=True)
class Order:
    order_no: str
    institution_code: str
    distributor_uscc: str
    sent_at: datetime
    urgent: bool


@dataclass(frozen=True)
class Line:
    order_no: str
    line_no: str
    product_code: str
    batch_code: str | None
    packs: Decimal
    unit_price: Decimal
    response: str | None
    responded_at: datetime | None
    reject_reason: str | None
    cancelled_at: datetime | None


@dataclass(frozen=True)
class Delivery:
    order_no: str
    line_no: str
    delivery_no: str
    packs: Decimal
    delivered_at: datetime | None


@dataclass(frozen=True)
class Receipt:
    order_no: str
    line_no: str
    delivery_no: str
    accepted_packs: Decimal
    received_at: datetime


@dataclass(frozen=True)
class Return:
    return_no: str
    order_no: str
    line_no: str
    packs: Decimal
    returned_at: datetime


@dataclass(frozen=True)
class Complaint:
    complaint_no: str
    filed_by: str | None
    institution_code: str
    manufacturer_uscc: str | None
    distributor_uscc: str | None
    filed_at: datetime
    replied_at: datetime | None
    promised_on: date | None
    resolved_at: datetime | None


@dataclass(frozen=True)
class History:
    institution_code: str
    product_code: str
    month: date
    packs: Decimal


@dataclass(frozen=True)
class Exemption:
    exemption_no: str
    batch_code: str | None
    group_code: str | None
    product_code: str | None
    institution_code: str | None
    kind: str
    from_on: date | None
    to_on: date | None


@dataclass(frozen=True)
class Payment:
    payment_no: str
    order_no: str | None
    line_no: str | None
    amount: Decimal
    paid_on: date


@dataclass(frozen=True)
class Dataset:
    regions: list[Region]
    pools: list[Pool]
    institutions: list[Institution]
    consortia: list[Consortium]
    members: list[Member]
    groups: list[Group]
    products: list[Product]
    substitutes: list[Substitute]
    batches: list[Batch]
    years: list[BatchYear]
    parameters: list[BatchParameter]
    selections: list[Selection]
    reports: list[VolumeReport]
    agreements: list[Agreement]
    orders: list[Order]
    lines: list[Line]
    deliveries: list[Delivery]
    receipts: list[Receipt]
    returns: list[Return]
    complaints: list[Complaint]
    history: list[History]
    exemptions: list[Exemption]
    payments: list[Payment]


def timestamp(text: str) -> datetime:
    """An ISO 8601 instant as a naive Asia/Shanghai date-time; without an offset it already is one."""
    value = datetime.fromisoformat(text)
    return value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value


def calendar_date(text: str) -> date:
    return date.fromisoformat(text if len(text) > len("2026-03") else f"{text}-01")


READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "bool": lambda text: text == "1",
    "date": calendar_date,
    "datetime": timestamp,
    "Decimal": Decimal,
    "frozenset[str]": lambda text: frozenset(text.split(";")),
}


def read_file(folder: Path, name: str, record: type[T]) -> list[T]:
    """All rows of one file as records; an absent file or column is empty."""
    path = folder / name
    if not path.exists():
        return []
    columns = [(field.name, str(field.type)) for field in fields(record)]  # type: ignore[arg-type]
    rows: list[T] = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for cells in csv.DictReader(stream):
            values: dict[str, Any] = {}
            for column, kind in columns:
                text = cells.get(column) or ""
                if kind == "frozenset[str]":
                    values[column] = READERS[kind](text)
                elif text == "":
                    values[column] = None
                else:
                    values[column] = READERS[kind.removesuffix(" | None")](text)
            rows.append(record(**values))
    return rows


def read_dataset(folder: Path) -> Dataset:
    return Dataset(
        regions=read_file(folder, "regions.csv", Region),
        pools=read_file(folder, "pools.csv", Pool),
        institutions=read_file(folder, "institutions.csv", Institution),
        consortia=read_file(folder, "consortia.csv", Consortium),
        members=read_file(folder, "consortium_members.csv", Member),
        groups=read_file(folder, "groups.csv", Group),
        products=read_file(folder, "products.csv", Product),
        substitutes=read_file(folder, "substitutes.csv", Substitute),
        batches=read_file(folder, "batches.csv", Batch),
        years=read_file(folder, "batch_years.csv", BatchYear),
        parameters=read_file(folder, "batch_parameters.csv", BatchParameter),
        selections=read_file(folder, "selections.csv", Selection),
        reports=read_file(folder, "volume_reports.csv", VolumeReport),
        agreements=read_file(folder, "agreements.csv", Agreement),
        orders=read_file(folder, "orders.csv", Order),
        lines=read_file(folder, "order_lines.csv", Line),
        deliveries=read_file(folder, "deliveries.csv", Delivery),
        receipts=read_file(folder, "receipts.csv", Receipt),
        returns=read_file(folder, "returns.csv", Return),
        complaints=read_file(folder, "complaints.csv", Complaint),
        history=read_file(folder, "purchase_history.csv", History),
        exemptions=read_file(folder, "exemptions.csv", Exemption),
        payments=read_file(folder, "payments.csv", Payment),
    )
