"""Columns of clinical reasons and what a review found of them."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.lists.cell import Cell
from core.lists.columns import Column
from procurement.models import ClinicalReview

RESULTS = dict(ClinicalReview.Result.choices)
LEVELS = {"reasonable": "green", "insufficient": "yellow", "unreasonable": "red",
          "excessive": "orange"}  # fmt: skip


def result_words(row: Any) -> str:
    return str(RESULTS[row.result]) if row.result else "未点评"


def _product(row: Any) -> Cell:
    url = reverse("clinical-reason", args=[row.pk])
    return Cell(str(row.product), sub=row.product.code, url=url)


def _offered(row: Any) -> str:
    return "；".join(f"{each['name']} {each['price']} 元" for each in row.offered)


CLINICAL_REASON_COLUMNS = (
    Column("product", "非中选产品", lambda r: str(r.product), 32, fixed=True, shown=_product),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, offered=False),
    Column("result", "点评结果", result_words, 14,
           shown=lambda r: Cell(result_words(r), level=LEVELS.get(r.result or "", "grey"))),
    Column("institution", "医疗机构", lambda r: r.institution.name, 30),
    Column("order", "订单号", lambda r: r.order.order_no, 24),
    Column("packs", "包装数", lambda r: r.packs, 10, numeric=True),
    Column("price", "单价", lambda r: r.unit_price, 12, numeric=True, unit="元"),
    Column("reason", "临床理由", lambda r: r.reason, 40),
    Column("offered", "当时可选的中选产品", _offered, 40, offered=False),
    Column("note", "点评意见", lambda r: r.result_note or "", 30),
    Column("reviewed", "点评时间", lambda r: r.reviewed_at, 18, offered=False),
    Column("ordered", "下单时间", lambda r: r.ordered_at, 18, sort=("ordered_at",)),
)  # fmt: skip
