"""Report stock and capacity of a month; remind manufacturers that have not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.urls import reverse

from catalog.models import Product
from core.audit.record import Actor, NewEvent, record_many
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion
from core.workdays.deadlines import day_end, shanghai_day
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import StockReport
from procurement.queries.stock_reports import may_report_stock, missing_by_maker
from procurement.rules.stock_report import CLAUSE, OFFICERS, due_on, may_be_of, month_before

OBJECT_TYPE = "stock_report"


@dataclass(frozen=True)
class StockRow:
    """Packs of one product at the end of `month` (its first day names it); capacity is of a month."""

    product: Product
    month: date
    stock: Decimal
    capacity: Decimal
    reserve: Decimal = Decimal(0)
    note: str = ""
    seen_version: int | None = None


@operation
def report_stock(
    *, rows: Sequence[StockRow], by: User, scope: Scope, at: datetime
) -> list[StockReport]:
    """Write all of them or none; a second report of a product's month replaces the figures.

    What stood there before is in the trail. Raises NotYours, MissingInput naming the row, or
    StaleVersion where somebody reported since `seen_version` was read.
    """
    allowed = may_report_stock(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if not rows:
        raise MissingInput("rows", "没有要报告的产品", CLAUSE)
    keys = [(row.product.pk, row.month) for row in rows]
    if len(set(keys)) < len(keys):
        raise MissingInput("rows", "同一产品同一月份出现了两次，请合并", CLAUSE)
    for row in rows:
        _check(row, scope, at)
    made, events = [], []
    with transaction.atomic():
        held = {
            (each.product_id, each.month): each
            for each in StockReport.objects.select_for_update()
            .filter(product__in=[row.product.pk for row in rows],
                    month__in={row.month for row in rows}).order_by("pk")
        }  # fmt: skip
        for row in sorted(rows, key=lambda each: (each.product.pk, each.month)):
            before = held.get((row.product.pk, row.month))
            if row.seen_version is not None and (
                before is None or before.row_version != row.seen_version
            ):
                raise StaleVersion(f"{row.product} {row.month:%Y-%m} 的报告已更新，请刷新后再改")
            report, event = _written(row, before, by, scope, at)
            made.append(report)
            events.append(event)
        record_many(events, by=by, at=at)
    _end_tasks({row.month for row in rows}, scope, at)
    return made


@operation
def remind_of_stock(*, by: Actor, at: datetime) -> int:
    """A task for each manufacturer that has not reported on last month. Gives how many are open.

    Safe to run again: a task that is open stays as it is.
    """
    month = month_before(shanghai_day(at))
    missing = missing_by_maker(month)
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=maker, act="report_stock", object_type=OBJECT_TYPE,
                object_key=_task_key(month, maker), roles=OFFICERS,
                title=f"报告 {month:%Y-%m} 库存和产能：{number} 个中选产品",
                url=reverse("stock-upload"), due_at=day_end(due_on(month)),
                severity="red" if at >= day_end(due_on(month)) else "",
            )
            for maker, number in sorted(missing.items())
        ],
        at=at,
    )  # fmt: skip
    return len(missing)


def _check(row: StockRow, scope: Scope, at: datetime) -> None:
    if row.product.manufacturer_id != scope.organisation_id:
        raise MissingInput("product_code", f"{row.product.code} 不是本企业的产品，请核对", CLAUSE)
    fits = may_be_of(month=row.month, today=shanghai_day(at))
    if row.month.day != 1 or not fits:
        raise MissingInput("month", fits.reason or "月份请写该月 1 日", CLAUSE)
    for name, value, label in (
        ("stock", row.stock, "月末库存"), ("capacity", row.capacity, "月产能"),
        ("reserve", row.reserve, "应急储备"),
    ):  # fmt: skip
        if value < 0:
            raise MissingInput(name, f"{row.product.code}：{label}不能为负", CLAUSE)


def _written(
    row: StockRow, before: StockReport | None, by: User, scope: Scope, at: datetime
) -> tuple[StockReport, NewEvent]:
    report = before or StockReport(product=row.product, month=row.month, row_version=0)
    was = _figures(before) if before else {}
    # A merged enterprise's rows become those of the one that reports now.
    report.manufacturer_id = scope.organisation_id
    report.stock_packs, report.capacity_packs = row.stock, row.capacity
    report.reserve_packs, report.note = row.reserve, row.note.strip()
    report.reported_at, report.reporter_name = at, by.audit_name
    report.row_version += 1
    report.save()
    return report, NewEvent(
        action="stock_report.report", object_type=OBJECT_TYPE, object_key=str(report.pk),
        object_label=f"{row.product} {row.month:%Y-%m}", clause=CLAUSE, reason=report.note,
        detail={"before": was, "after": _figures(report)},
    )  # fmt: skip


def _figures(row: StockReport) -> dict[str, str]:
    return {
        "stock": f"{row.stock_packs:f}", "capacity": f"{row.capacity_packs:f}",
        "reserve": f"{row.reserve_packs:f}",
    }  # fmt: skip


def _end_tasks(months: set[date], scope: Scope, at: datetime) -> None:
    """The month's task ends with its last product."""
    ended = [
        _task_key(month, scope.organisation_id) for month in months
        if scope.organisation_id not in missing_by_maker(month)
    ]  # fmt: skip
    if ended:
        finish_tasks(object_type=OBJECT_TYPE, object_keys=ended, at=at)


def _task_key(month: date, maker: int) -> str:
    return f"{month:%Y-%m}-{maker}"
