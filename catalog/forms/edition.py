"""A proposed edition: its head as typed, its lines from a sheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.quality import DAY, say_what_is_missing
from catalog.operations.editions import NewLine, line_faults
from catalog.queries.known import known
from core.lists.sheet import SheetColumn, SheetError, SheetRefused, SheetRow, read_sheet
from core.numbers.typed import TypedNumber
from organisations.queries.scope import Scope

MAX_BYTES, MAX_ROWS = 2_000_000, 2_000
ACTIONS = {"增加": "add", "终止": "end"}
CODE = SheetColumn("product", "国家医保编码", 28, "产品的国家医保编码")
BASIS = SheetColumn("basis", "依据", 40, "这一行的依据，可空")
SHEETS: dict[str, tuple[SheetColumn, ...]] = {
    "substitutes": (
        SheetColumn("group", "品种代码", 16, "被替代的品种"),
        CODE,
        SheetColumn("action", "变化", 10, "增加或终止"),
        BASIS,
    ),
    "conversions": (
        CODE,
        SheetColumn("factor", "每包装计量单位数", 18, "大于 0，最多四位小数"),
        BASIS,
    ),
}


class EditionForm(forms.Form):
    title = forms.CharField(label="标题", max_length=120)
    effective_from = forms.DateField(
        label="生效日", widget=DAY, help_text="某月 1 日，不早于本月；已结束的月份不变。"
    )
    basis = forms.CharField(
        label="依据", max_length=500, help_text="文件名称和文号。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    file = forms.FileField(label="变化内容工作簿")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)
        self.fields["file"].error_messages["required"] = "请选择变化内容工作簿"


def read_rows(content: bytes, *, kind: str) -> list[SheetRow]:
    """The rows of a sheet as text. Raises SheetRefused where it cannot be read as rows."""
    return read_sheet(content, SHEETS[kind], max_bytes=MAX_BYTES, max_rows=MAX_ROWS)


def read_lines(rows: list[SheetRow], *, kind: str, scope: Scope, on: date) -> list[NewLine]:
    """The lines that the rows mean. Raises SheetRefused with every mistake by row and column."""
    columns = SHEETS[kind]
    names = known(
        scope,
        products={row.cells.get("product", "") for row in rows},
        groups={row.cells.get("group", "") for row in rows},
    )
    headings = {column.field: column.heading for column in columns}
    errors: list[SheetError] = []
    lines: list[NewLine] = []
    well: list[SheetRow] = []

    def wrong(row: SheetRow, field: str, message: str) -> None:
        value = row.cells.get(field, "")[:80]
        errors.append(SheetError(row.line, headings[field], value, message))

    for row in rows:
        cells = row.cells
        before = len(errors)
        product = names.product(cells.get("product", ""))
        if product is None:
            wrong(row, "product", "没有这个国家医保编码的产品")
        values: dict[str, Any] = {"action": "set", "basis": cells.get("basis", "")}
        if len(values["basis"]) > 200:
            wrong(row, "basis", "不超过 200 字")
        if kind == "substitutes":
            values["group"] = names.group(cells.get("group", ""))
            values["action"] = ACTIONS.get(cells.get("action", ""), "")
            if values["group"] is None:
                wrong(row, "group", "没有这个品种代码")
            if not values["action"]:
                wrong(row, "action", "写“增加”或“终止”")
        else:
            try:
                values["factor"] = TypedNumber(
                    min_value=Decimal("0.0001"), max_digits=18, decimal_places=4
                ).clean(cells.get("factor", ""))
            except forms.ValidationError:
                wrong(row, "factor", "应为大于 0 的数，最多四位小数")
        if len(errors) == before and product is not None:
            lines.append(NewLine(product=product, **values))
            well.append(row)
    errors += [
        SheetError(well[index].line, headings["product"], well[index].cells["product"], words)
        for index, words in line_faults(kind, lines, on)
    ]
    if errors:
        raise SheetRefused(sorted(errors, key=lambda error: error.line))
    return lines
