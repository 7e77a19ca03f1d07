"""Columns of hospitals' own lists and of how far they are mapped; Excel files have the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.urls import reverse

from catalog.operations.hospital_items.rows import COLUMNS
from catalog.queries.hospital_items import ItemRowShown
from core.lists.cell import Cell
from core.lists.columns import Column
from organisations.models import Organisation

SHARE_DIGITS = 4


def item_url(row: ItemRowShown) -> str:
    """The item's page."""
    return reverse("hospital-item", args=[row.item.key])


def _product(row: ItemRowShown, name: str) -> Any:
    return getattr(row.mapping.product, name) if row.mapping else ""


def _shown_product(row: ItemRowShown) -> Cell:
    if row.mapping is None:
        return Cell("—", quiet=True)
    product = row.mapping.product
    return Cell(
        product.name, url=reverse("product-detail", args=[product.code]),
        sub=f"{product.specification} {product.code}".strip(),
    )  # fmt: skip


ITEM_COLUMNS: tuple[Column, ...] = (
    Column(
        "code", "院内编码", lambda r: r.item.his_code, 16, sort=("his_code",), fixed=True,
        shown=lambda r: Cell(r.item.his_code, url=item_url(r), nowrap=True),
    ),
    Column(
        "name", "院内名称", lambda r: r.item.name, 32, fixed=True,
        shown=lambda r: Cell(r.item.name, sub=r.item.specification),
    ),
    Column("specification", "院内规格", lambda r: r.item.specification, 22, offered=False),
    Column("unit", "院内单位", lambda r: r.item.unit, 10),
    Column("institution", "医疗机构", lambda r: r.item.institution.name, 30, offered=False),
    Column(
        "standing", "对照情况", lambda r: r.standing, 10,
        shown=lambda r: Cell(r.standing, level=r.level),
    ),
    Column("product", "产品", lambda r: _product(r, "name"), 32, shown=_shown_product),
    Column(
        "product_code", "国家医保编码", lambda r: _product(r, "code"), 28, offered=False,
    ),
    Column(
        "factor", "每包装院内单位数", lambda r: r.mapping.units_per_pack if r.mapping else None, 16,
        numeric=True, shown=lambda r: Cell(r.conversion or "—"),
    ),
    Column("since", "对照自", lambda r: r.mapping.valid_from if r.mapping else None, 12,
        shown=lambda r: Cell(f"{r.mapping.valid_from:%Y-%m-%d}" if r.mapping else "—", nowrap=True),
    ),
    Column(
        "doubts", "存疑原因", lambda r: "、".join(r.doubts), 36,
        shown=lambda r: Cell("、".join(r.doubts), quiet=True),
    ),
    Column("maker", "院内登记的生产企业", lambda r: r.item.manufacturer_name, 30, offered=False),
)  # fmt: skip

REGION_ITEM_COLUMNS = tuple(
    replace(column, offered=True) if column.key == "institution" else column
    for column in sorted(ITEM_COLUMNS, key=lambda column: column.key != "institution")
)
"""An authority's: the hospital stands first."""

TEMPLATE_COLUMNS = tuple((column.label, column.width) for column in COLUMNS)
"""Headings of the workbook that is filled in and uploaded."""


def template_cells(row: ItemRowShown) -> tuple[Any, ...]:
    """What stands, in the columns of the workbook: uploaded as it is, it changes nothing."""
    item, mapping = row.item, row.mapping
    return (
        item.his_code, item.name, item.specification, item.unit, item.manufacturer_name,
        mapping.product.code if mapping else "",
        f"{mapping.units_per_pack.normalize():f}" if mapping else "",
        f"{mapping.valid_from}" if mapping else "", "是" if item.is_stopped else "",
    )  # fmt: skip


def _share(row: Any) -> float | None:
    return round(row.mapped / row.in_use, SHARE_DIGITS) if row.in_use else None


def _shown_institution(row: Organisation) -> Cell:
    url = f"{reverse('hospital-item-list')}?institution={row.code}"
    return Cell(row.name, url=url, sub="" if row.is_active else "已停用")


COVERAGE_COLUMNS = (
    Column(
        "name", "医疗机构", lambda r: r.name, 32, sort=("name",), fixed=True,
        shown=_shown_institution,
    ),
    Column("code", "机构编码", lambda r: r.code, 16, sort=("code",)),
    Column("region", "区划", lambda r: r.region.name, 14, sort=("region__code",)),
    Column("items", "院内目录", lambda r: r.items, 10, numeric=True, unit="条", sort=("items",)),
    Column("mapped", "已对照", lambda r: r.mapped, 10, numeric=True, unit="条", sort=("mapped",)),
    Column(
        "doubtful", "存疑", lambda r: r.doubtful, 10, numeric=True, unit="条", sort=("doubtful",)
    ),
    Column(
        "unmapped", "未对照", lambda r: r.unmapped, 10, numeric=True, unit="条", sort=("unmapped",)
    ),
    Column(
        "share", "对照率", _share, 10, numeric=True,
        shown=lambda r: Cell("—" if _share(r) is None else f"{_share(r):.1%}"),
    ),
)  # fmt: skip
