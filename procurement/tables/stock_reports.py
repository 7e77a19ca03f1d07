"""Columns of stock reports and of products that lack one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column


def _product(row: Any) -> Cell:
    return Cell(str(row.product), url=reverse("stock-report", args=[row.pk]), sub=row.product.code)


def _days(row: Any) -> Cell:
    if row.days is None:
        return Cell("近 90 天无订单")
    return Cell(
        f"{row.days:,.0f}", level="red" if row.short else "", sub="短缺风险" if row.short else ""
    )


STOCK_COLUMNS = (
    Column("product", "产品", lambda r: str(r.product), 34, fixed=True, shown=_product),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("month", "月份", lambda r: f"{r.month:%Y-%m}", 10),
    Column("maker", "生产企业", lambda r: r.manufacturer.name, 28),
    Column("stock", "月末库存", lambda r: r.stock_packs, 12, numeric=True, unit="包装"),
    Column("reserve", "应急储备", lambda r: r.reserve_packs, 12, numeric=True, unit="包装"),
    Column("capacity", "月产能", lambda r: r.capacity_packs, 12, numeric=True, unit="包装"),
    Column("demand", "近 90 天订购", lambda r: r.demand, 14, numeric=True, unit="包装"),
    Column("days", "可供天数", lambda r: r.days, 12, numeric=True, unit="天", shown=_days),
    Column("note", "说明", lambda r: r.note, 30, offered=False),
    Column("reported", "报告时间", lambda r: r.reported_at, 18, sort=("month", "id")),
)  # fmt: skip

NOT_REPORTED_COLUMNS = (
    Column("product", "产品", str, 34, fixed=True,
           shown=lambda r: Cell(str(r), url=reverse("product-detail", args=[r.code]), sub=r.code)),
    Column("code", "国家医保编码", lambda r: r.code, 28, sort=("code",), offered=False),
    Column("maker", "生产企业", lambda r: r.manufacturer.name, 30),
)  # fmt: skip
