"""Columns of 落地准备: a product, then each item as a badge that says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from catalog.rules.preparation import ITEMS, Item
from core.lists.cell import Cell
from core.lists.columns import Column


def _column(item: Item) -> Column:
    return Column(item.code, item.label, _words(item.code), 20, shown=_badge(item.code))


def _words(code: str) -> Callable[[Any], str]:
    return lambda row: str(row.items[code].words)


def _badge(code: str) -> Callable[[Any], Cell]:
    return lambda row: Cell(row.items[code].words, level=row.items[code].level, plain=False)


PREPARATION_COLUMNS = (
    Column(
        "product", "产品", lambda r: str(r.product), 34, fixed=True, sort=("name",),
        shown=lambda r: Cell(
            str(r.product), url=reverse("product-detail", args=[r.product.code]),
            sub=r.product.code,
        ),
    ),
    Column("code", "国家医保编码", lambda r: r.product.code, 28, sort=("code",), offered=False),
    Column("manufacturer", "生产企业", lambda r: r.product.manufacturer.name, 32,
           sort=("manufacturer__name",)),
    *(_column(item) for item in ITEMS),
    Column("missing", "未完成", lambda r: r.missing, 8, numeric=True),
)  # fmt: skip
