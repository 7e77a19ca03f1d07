"""Columns of invoices."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column


def _number(row: Any) -> Cell:
    return Cell(row.invoice_no, url=reverse("invoice", args=[row.invoice_no]), nowrap=True)


INVOICE_COLUMNS = (
    Column("number", "发票号码", lambda r: r.invoice_no, 24, fixed=True, shown=_number),
    Column("kind", "种类", lambda r: r.get_kind_display(), 8,
           shown=lambda r: Cell(r.get_kind_display(), level="red" if r.kind == "red" else "blue")),
    Column("issued", "开票日期", lambda r: r.issued_on, 12),
    Column("institution", "医疗机构", lambda r: r.institution.name, 28),
    Column("distributor", "配送企业", lambda r: r.distributor.name if r.distributor else "", 28),
    Column("net", "金额", lambda r: r.net, 14, numeric=True, unit="元", offered=False),
    Column("tax", "税额", lambda r: r.tax, 12, numeric=True, unit="元", offered=False),
    Column("total", "价税合计", lambda r: r.total, 14, numeric=True, unit="元"),
    Column("origin", "对应蓝字发票", lambda r: r.origin.invoice_no if r.origin else "", 24,
           offered=False),
    Column("first", "第一票", lambda r: r.first_no, 24,
           shown=lambda r: Cell(r.first_no or "—", nowrap=True)),
    Column("seller", "销售方识别号", lambda r: r.seller_tax_no, 22, offered=False),
    Column("buyer", "购买方识别号", lambda r: r.buyer_tax_no, 22, offered=False),
    Column("registered", "登记时间", lambda r: r.registered_at, 18, sort=("registered_at",)),
)  # fmt: skip
