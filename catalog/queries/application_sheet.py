"""One Excel sheet for many applications of a kind: its columns, and the rows it is handed out with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from catalog.queries.application_page import own_products
from catalog.queries.application_target import current_values
from catalog.rules.applications.fields import FIELDS, shown
from organisations.queries.scope import Scope

MAX_ROWS = 500
PRODUCT, NAME, SPECIFICATION, REASON = "product", "shown_name", "shown_specification", "reason"


@dataclass(frozen=True)
class SheetColumn:
    """`typed` columns are read; the others only help whoever fills the sheet in."""

    key: str
    label: str
    width: int
    typed: bool = True


def columns_of(kind: str) -> list[SheetColumn]:
    """The key of the product first, but for new products, whose code is one of the fields."""
    fields = [
        SheetColumn(field.code, field.label + ("" if field.required else "（选填）"), 24)
        for field in FIELDS[kind]
    ]
    reason = SheetColumn(REASON, "申请说明（选填）", 30)
    if kind == "new_product":
        return [*fields, reason]
    about = [
        SheetColumn(PRODUCT, "产品编码", 28),
        SheetColumn(NAME, "现产品名称（不用填）", 26, typed=False),
        SheetColumn(SPECIFICATION, "现规格（不用填）", 20, typed=False),
    ]
    return [*about, *fields, reason]


def template_rows(scope: Scope, kind: str, on: date) -> Iterator[list[str]]:
    """Every own product with what is recorded now; nothing for new products."""
    if kind == "new_product":
        return
    for product in own_products(scope).order_by("code")[:MAX_ROWS]:
        now = current_values(kind, product, on)
        values = [shown(field.code, now[field.code]).replace(",", "") if field.type == "number"
                  else shown(field.code, now[field.code]) for field in FIELDS[kind]]  # fmt: skip
        yield [product.code, product.name, product.specification, *values, ""]
