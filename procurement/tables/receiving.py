"""Columns of what waits to be received, of receipts, requests to return, marks and odd codes."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.states.return_request import REQUEST_LEVELS


def _note(row: Any) -> Cell:
    url = reverse("receive", args=[row.pk])
    return Cell(row.note_no or row.delivery_no, url=url, nowrap=True, sub=row.delivery_no)


def _due(row: Any) -> Cell:
    if row.due is None:
        return Cell("在途" if row.delivered_at is None else "")
    words = f"{row.due.day}{'（暂定）' if row.due.provisional else ''}"
    sub = "已超时" if row.late else ""
    if row.auto is not None:
        sub = f"{timezone.localtime(row.auto.accept_at):%m-%d %H:%M} 起自动验收"
    return Cell(words, late=row.late, sub=sub, nowrap=True)


def _product(row: Any) -> Cell:
    return Cell(str(row.product), sub=row.product.code)


def _name(name: str) -> Any:
    return lambda r: getattr(r, name).name if getattr(r, name) else ""


WAITING_COLUMNS = (
    Column("note", "配送单", lambda r: r.note_no or r.delivery_no, 22, fixed=True, shown=_note),
    Column("delivery", "配送号", lambda r: r.delivery_no, 22, offered=False),
    Column("product", "产品", lambda r: str(r.product), 34, shown=_product),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("packs", "配送", lambda r: r.packs, 10, numeric=True, unit="包装"),
    Column("lot", "批号", lambda r: r.lot_no, 14,
           shown=lambda r: Cell(r.lot_no, sub=f"至 {r.expires_on}" if r.expires_on else "")),
    Column("expires", "有效期至", lambda r: r.expires_on, 14, offered=False),
    Column("distributor", "配送企业", _name("distributor"), 28),
    Column("institution", "医疗机构", _name("institution"), 28),
    Column("delivered", "送达时间", lambda r: r.delivered_at, 20),
    Column("due", "收货时限", lambda r: r.due.day if r.due else None, 16, shown=_due),
    Column("recorded", "发货登记时间", lambda r: r.recorded_at, 20, sort=("recorded_at",),
           offered=False),
)  # fmt: skip

RECEIPT_COLUMNS = (
    Column("delivery", "配送号", lambda r: r.delivery_no or "", 22, fixed=True,
           shown=lambda r: Cell(r.delivery_no or "—", url=reverse("receipt", args=[r.delivery_id]),
                                nowrap=True)),
    Column("no", "收货序号", lambda r: r.receipt_no, 8, numeric=True,
           shown=lambda r: Cell(str(r.receipt_no), sub="更正" if r.receipt_no > 1 else "")),
    Column("product", "产品", lambda r: str(r.product), 34, shown=_product),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("accepted", "验收", lambda r: r.accepted_packs, 10, numeric=True, unit="包装"),
    Column("refused", "拒收", lambda r: r.refused_packs, 10, numeric=True, unit="包装"),
    Column("why", "说明", lambda r: r.said, 26),
    Column("price", "单价", lambda r: r.unit_price, 10, numeric=True, unit="元", offered=False),
    Column("institution", "医疗机构", _name("institution"), 28),
    Column("distributor", "配送企业", _name("distributor"), 28),
    Column("order", "订单", lambda r: f"{r.order_no}-{r.line_no}", 24),
    Column("received", "收货时间", lambda r: r.received_at, 20, sort=("received_at",)),
)  # fmt: skip

REQUEST_COLUMNS = (
    Column("number", "申请号", lambda r: r.request_no, 24, fixed=True,
           shown=lambda r: Cell(r.request_no, url=reverse("return", args=[r.request_no]),
                                nowrap=True)),
    Column("state", "状态", lambda r: r.get_state_display(), 12,
           shown=lambda r: Cell(r.get_state_display(), level=REQUEST_LEVELS[r.state])),
    Column("kind", "方式", lambda r: r.get_kind_display(), 8),
    Column("product", "产品", lambda r: str(r.product), 34, shown=_product),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("lot", "批号", lambda r: r.lot_no, 14),
    Column("packs", "数量", lambda r: r.packs, 10, numeric=True, unit="包装"),
    Column("reason", "原因", lambda r: r.get_reason_display(), 16,
           shown=lambda r: Cell(r.get_reason_display(), sub=r.words)),
    Column("institution", "医疗机构", _name("institution"), 28),
    Column("distributor", "配送企业", _name("distributor"), 28),
    Column("asked", "申请时间", lambda r: r.asked_at, 20, sort=("asked_at",)),
)  # fmt: skip

FINDING_COLUMNS = (
    Column("code", "追溯码", lambda r: r.trace_code.code, 30, fixed=True,
           shown=lambda r: Cell(r.trace_code.code, nowrap=True)),
    Column("kind", "发现", lambda r: r.get_kind_display(), 10,
           shown=lambda r: Cell(r.get_kind_display(), level="red")),
    Column("product", "产品", lambda r: str(r.product), 34, shown=_product),
    Column("institution", "扫码机构", _name("institution"), 28),
    Column("other", "原收货机构", lambda r: r.other.name, 28),
    Column("distributor", "配送企业", _name("distributor"), 28),
    Column("found", "发现时间", lambda r: r.found_at, 20, sort=("found_at",)),
    Column("by", "扫码人", lambda r: r.by_name, 12, offered=False),
)  # fmt: skip

MARK_COLUMNS = (
    Column("mark", "标识", lambda r: r.mark, 16, fixed=True, sort=("mark",)),
    Column("kind", "种类", lambda r: r.get_kind_display(), 14),
    Column("product", "产品", lambda r: str(r.product), 34, shown=_product),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("maker", "生产企业", lambda r: r.manufacturer.name, 28),
    Column("bound", "登记时间", lambda r: r.bound_at, 20, sort=("bound_at",)),
)  # fmt: skip

RATE_SHEET = (
    ("医疗机构", 34), ("机构编码", 18), ("设区市", 12), ("县（市、区）", 14), ("验收（最小销售包装）", 16),
    ("已采集追溯码", 14), ("采集率", 10),
)  # fmt: skip
