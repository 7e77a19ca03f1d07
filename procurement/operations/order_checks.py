"""What stands against a row of an order: by row, with the reason, the clause and whom to ask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from catalog.models import Batch, Product
from catalog.queries.orderable import CANCELLED
from contracts.queries.orderable import NO_RELATION
from core.transitions import Refusal
from core.workdays.deadlines import shanghai_day
from organisations.models import Organisation
from procurement.operations.order_row import OrderRow
from procurement.queries.line_hours import LineHours, line_hours
from procurement.queries.order_prices import SelectedChoice
from procurement.queries.order_sight import RowSight, look_at, province_of
from procurement.queries.order_values import OrderValues
from procurement.rules.ordering import (
    ABNORMAL_CLAUSE,
    CLAUSE,
    REASON_CLAUSE,
    packs_fault,
)


@dataclass(frozen=True)
class RowFault:
    """`index` counts the rows from 0; `field` is one of OrderRow's."""

    index: int
    field: str
    reason: str
    clause: str = ""


class OrderRefused(Refusal):
    """Rows that cannot be ordered as they stand (400); nothing was written."""

    status = 400

    def __init__(self, faults: Sequence[RowFault]) -> None:
        first = faults[0]
        more = f"（共 {len(faults)} 处）" if len(faults) > 1 else ""
        super().__init__(f"第 {first.index + 1} 行：{first.reason}{more}", first.clause or CLAUSE)
        self.faults = list(faults)


class Unconfirmed(Refusal):
    """Quantities out of the ordinary that nobody confirmed (409); `rows` counts from 0."""

    def __init__(self, found: Sequence[tuple[int, str]]) -> None:
        shown = "；".join(words for _, words in found[:3])
        super().__init__(
            f"有 {len(found)} 行超过平常用量，核对无误后请勾选确认再提交：{shown}", ABNORMAL_CLAUSE
        )
        self.rows = dict(found)


@dataclass(frozen=True)
class CheckedRow:
    """A row with everything that its line gets; yuan per pack."""

    product: Product
    packs: Decimal
    price: Decimal
    batch_id: int | None
    distributor_id: int
    response_due_at: datetime
    delivery_due_at: datetime
    reason: str = ""
    offered: tuple[SelectedChoice, ...] = ()
    notes: tuple[str, ...] = ()


def check_rows(
    *,
    institution: Organisation,
    rows: Sequence[OrderRow],
    urgent: bool,
    at: datetime,
    confirmed: bool,
) -> list[CheckedRow]:
    """Every row with its price, batch, distributor and deadlines.

    Raises OrderRefused with all faults, or Unconfirmed where only the quantities are unusual.
    """
    faults: list[RowFault] = []
    batches = _batches(rows, faults)
    traders = _distributors(rows)
    values = OrderValues(province_of(institution), shanghai_day(at))
    sights = look_at(institution, [row.product for row in rows], at, batches, values)
    seen: dict[int, int] = {}
    for index, row in enumerate(rows):
        first = seen.setdefault(row.product.pk, index)
        if first != index:
            words = f"与第 {first + 1} 行重复：同一产品请合并成一行"
            faults.append(RowFault(index, "product", words))
            continue
        faults += _faults(index, row, sights[row.product.pk], traders)
    if faults:
        raise OrderRefused(sorted(faults, key=lambda fault: fault.index))
    unusual = [
        (index, words) for index, row in enumerate(rows)
        if (words := sights[row.product.pk].abnormal_words(row.product, row.packs))
    ]  # fmt: skip
    if unusual and not confirmed:
        raise Unconfirmed(unusual)
    named = [s.supply.batch for s in sights.values() if s.supply.batch is not None]
    hours = line_hours({batch.pk: batch for batch in named}.values(), values)
    return [_checked(row, sights[row.product.pk], traders, hours, urgent, at) for row in rows]


def _batches(rows: Sequence[OrderRow], faults: list[RowFault]) -> dict[int, int]:
    """Named batches by product id; an unknown code is a fault of its row."""
    codes = {row.batch for row in rows} - {""}
    known = dict(Batch.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
    for index, row in enumerate(rows):
        if row.batch and row.batch not in known:
            faults.append(RowFault(index, "batch", f"没有批次 {row.batch}，请核对，或留空"))
    return {row.product.pk: known[row.batch] for row in rows if row.batch in known}


def _distributors(rows: Sequence[OrderRow]) -> dict[str, int]:
    codes = {row.distributor for row in rows} - {""}
    if not codes:
        return {}
    found = Organisation.objects.filter(code__in=codes, kind=Organisation.Kind.ENTERPRISE)
    return dict(found.values_list("code", "pk"))


def _faults(
    index: int, row: OrderRow, sight: RowSight, traders: Mapping[str, int]
) -> list[RowFault]:
    found = []
    words = packs_fault(row.packs)
    if words:
        found.append(RowFault(index, "packs", words))
    for each in sight.obstacles:
        if each.blocks:
            ask = f"。可咨询：{each.ask}" if each.ask else ""
            field = "distributor" if each.code == NO_RELATION else "product"
            found.append(RowFault(index, field, f"{row.product}：{each.text}{ask}", each.clause))
    supply = sight.supply
    if row.batch and supply.batch is None:
        gone = next((each for each in sight.obstacles if each.code == CANCELLED), None)
        words = f"{row.product}在批次 {row.batch} 中不供应本地区，请核对"
        if gone is not None:
            words = f"{row.product}：{gone.text}。请改订本地区的中选产品，或把批次留空"
        found.append(RowFault(index, "batch", words, gone.clause if gone else ""))
    named = traders.get(row.distributor)
    if supply.distributors and row.distributor and named not in supply.distributors:
        found.append(
            RowFault(index, "distributor", f"{row.product}在本机构不由 {row.distributor} 配送")
        )
    if sight.needs_reason() and not row.reason.strip():
        first = sight.offered[0]
        found.append(
            RowFault(
                index, "reason",
                f"{row.product}为非中选产品，同品种有中选产品{first.product}（每包装"
                f" {first.price.normalize():f} 元）：请填写选用它的临床理由",
                REASON_CLAUSE,
            )
        )  # fmt: skip
    return found


def _checked(
    row: OrderRow,
    sight: RowSight,
    traders: Mapping[str, int],
    hours: Mapping[int | None, LineHours],
    urgent: bool,
    at: datetime,
) -> CheckedRow:
    supply = sight.supply
    assert supply.price is not None
    own = hours[supply.batch.pk if supply.batch else None]
    return CheckedRow(
        product=row.product, packs=row.packs, price=supply.price,
        batch_id=supply.batch.pk if supply.batch else None,
        distributor_id=traders[row.distributor] if row.distributor else supply.distributors[0],
        response_due_at=own.response_due(at),
        delivery_due_at=own.delivery_due(at, urgent=urgent),
        reason=row.reason.strip() if sight.needs_reason() else "",
        offered=sight.offered if sight.needs_reason() else (),
        notes=tuple(f"{row.product}：{each.text}" for each in sight.obstacles if not each.blocks),
    )  # fmt: skip
