"""Columns of the dispatcher's queue and of delivery notes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.queries.queue import is_late, left_to_ship, next_act, queue_marks
from procurement.states.delivery_note import NOTE_LEVELS
from procurement.states.order_line import LINE_LEVELS


def _queue_state(row: Any) -> Cell:
    marks = "，".join(queue_marks(row, timezone.now()))
    return Cell(row.get_state_display(), level=LINE_LEVELS[row.state], sub=marks)


def _queue_due(row: Any) -> Cell:
    if row.due_at is None:
        return Cell("—")
    now, due = timezone.localtime(), timezone.localtime(row.due_at)
    shown = f"{due:%m-%d %H:%M}" if due.year == now.year else f"{due:%Y-%m-%d}"
    return Cell(shown, late=is_late(row, now), nowrap=True, sub=next_act(row))


QUEUE_COLUMNS = (
    Column("line", "订单行", str, 24, fixed=True,
           shown=lambda r: Cell(str(r), nowrap=True)),
    Column("due", "时限", lambda r: r.due_at, 18, sort=("due_at", "id"), shown=_queue_due),
    Column("institution", "医疗机构", lambda r: r.institution.name, 26,
           sort=("institution__name", "due_at"),
           shown=lambda r: Cell(r.institution.name, sub=r.order.receiving_place)),
    Column("county", "县（市、区）", lambda r: r.county.name if r.county else "", 12, offered=False),
    Column("product", "产品", lambda r: str(r.product), 32, sort=("product__name", "due_at"),
           shown=lambda r: Cell(str(r.product), sub=r.product.code)),
    Column("maker", "生产企业", lambda r: r.manufacturer.name if r.manufacturer else "", 24,
           offered=False),
    Column("packs", "订购", lambda r: r.packs, 10, numeric=True),
    Column("shipped", "已发", lambda r: r.shipped_packs, 10, numeric=True),
    Column("left", "待发", left_to_ship, 10, numeric=True),
    Column("delivered", "已送达", lambda r: r.delivered_packs, 10, numeric=True, offered=False),
    Column("state", "状态", lambda r: r.get_state_display(), 12, sort=("state", "due_at"),
           shown=_queue_state),
    Column("urgent", "加急", lambda r: "加急" if r.order.urgent else "", 8, offered=False),
    Column("ordered", "发送时间", lambda r: r.ordered_at, 18, sort=("ordered_at", "id"),
           offered=False),
)  # fmt: skip


def _note_state(row: Any) -> Cell:
    if row.whole:
        return Cell("已收货", level=NOTE_LEVELS["received"])
    return Cell(row.get_state_display(), level=NOTE_LEVELS[row.state])


NOTE_COLUMNS = (
    Column("number", "配送单号", lambda r: r.note_no, 24, fixed=True,
           shown=lambda r: Cell(r.note_no, url=reverse("delivery-note", args=[r.note_no]),
                                nowrap=True, sub=r.own_no)),
    Column("own", "企业单号", lambda r: r.own_no, 18, offered=False),
    Column("state", "状态", lambda r: "已收货" if r.whole else r.get_state_display(), 10,
           shown=_note_state),
    Column("institution", "医疗机构", lambda r: r.institution.name, 28,
           shown=lambda r: Cell(r.institution.name, sub=r.receiving_place)),
    Column("distributor", "配送企业", lambda r: r.distributor.name if r.distributor else "", 26),
    Column("rows", "行数", lambda r: r.row_count, 8, numeric=True),
    Column("packs", "包装数", lambda r: r.packs, 10, numeric=True),
    Column("invoice", "发票号", lambda r: r.invoice_no, 20),
    Column("shipped", "发货时间", lambda r: r.shipped_at, 18, sort=("shipped_at", "id")),
    Column("planned", "预计到达", lambda r: r.planned_at, 18, offered=False),
    Column("delivered", "送达时间", lambda r: r.delivered_at, 18),
)  # fmt: skip
