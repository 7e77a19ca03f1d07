"""A row of a hospital's list as it comes from form, Excel or API: the same checks for all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from core.numbers.plain import typed_number

MOST_DAYS_AHEAD = 366
FIRST_DAY = date(2000, 1, 1)
LARGEST_FACTOR = Decimal("1000000")
YES, NO = {"是", "1", "true"}, {"", "否", "0", "false"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_EXCEL_ERROR = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")


@dataclass(frozen=True)
class RowColumn:
    """A column of the list: its key in form and API, its heading in Excel."""

    key: str
    label: str
    width: int
    most: int
    required: bool = False


COLUMNS = (
    RowColumn("his_code", "院内编码", 16, 64, required=True),
    RowColumn("name", "院内名称", 32, 200, required=True),
    RowColumn("specification", "院内规格", 22, 200),
    RowColumn("unit", "院内单位", 10, 20, required=True),
    RowColumn("manufacturer_name", "生产企业", 30, 200),
    RowColumn("product_code", "国家医保编码", 28, 40),
    RowColumn("units_per_pack", "每包装院内单位数", 16, 20),
    RowColumn("valid_from", "对照生效日期", 14, 20),
    RowColumn("is_stopped", "院内停用", 10, 5),
)
LABELS = {column.key: column.label for column in COLUMNS}


@dataclass(frozen=True)
class ItemRow:
    """What a row says: the item as it is now, and the product that it is from `valid_from` on.

    `place` is the row's number in the sheet, or its place in the list. Without a product code the
    item has no mapping from that day on. `units_per_pack` of the hospital's units are one pack.
    """

    place: int
    his_code: str
    name: str
    specification: str
    unit: str
    manufacturer_name: str
    product_code: str
    units_per_pack: Decimal | None
    valid_from: date | None
    is_stopped: bool


@dataclass(frozen=True)
class RowProblem:
    """What is wrong in one cell, and how to mend it; `column` is a key of COLUMNS."""

    place: int
    column: str
    value: str
    message: str
    remedy: str = ""

    @property
    def label(self) -> str:
        return LABELS.get(self.column, self.column)


RawRow = Mapping[str, str]


def read_rows(
    raws: Sequence[tuple[int, RawRow]], today: date
) -> tuple[list[ItemRow], list[RowProblem]]:
    """Rows that are well formed, and every problem of the others; nothing is mended silently.

    Texts lose the blanks around them and full-width digits and letters of codes become plain.
    """
    rows, problems = [], []
    first: dict[str, int] = {}
    for place, raw in raws:
        row, wrong = _read(place, raw, today)
        code = _text(raw, "his_code")
        if code and code in first and all(each.column != "his_code" for each in wrong):
            said = f"院内编码“{code}”与第 {first[code]} 行重复"
            wrong.append(RowProblem(place, "his_code", code[:80], said, "同一编码只留一行"))
        first.setdefault(code, place)
        problems += wrong
        if row and not wrong:
            rows.append(row)
    return rows, problems


def product_code_of(raw: RawRow) -> str:
    """As a row keeps it: plain capitals and digits."""
    return unicodedata.normalize("NFKC", _text(raw, "product_code")).upper()


def _text(raw: RawRow, key: str) -> str:
    return " ".join(str(raw.get(key) or "").split(" ")).strip()


def _read(place: int, raw: RawRow, today: date) -> tuple[ItemRow | None, list[RowProblem]]:
    texts = {column.key: _text(raw, column.key) for column in COLUMNS}
    wrong = [
        problem
        for column in COLUMNS
        if (problem := _text_problem(place, column, texts[column.key])) is not None
    ]
    code = product_code_of(raw)
    factor, said = _factor(texts["units_per_pack"], code)
    if said:
        wrong.append(
            _problem(place, "units_per_pack", texts, said, "填写一个包装合多少个院内单位，如 28")
        )
    day, said = _day(texts["valid_from"], today)
    if said:
        wrong.append(_problem(place, "valid_from", texts, said, "写成 2026-01-01，或留空表示今天"))
    stopped = unicodedata.normalize("NFKC", texts["is_stopped"]).lower()
    if stopped not in YES | NO:
        wrong.append(
            _problem(place, "is_stopped", texts, "只能填“是”或“否”", "停用填“是”，在用留空")
        )
    if wrong:
        return None, wrong
    return ItemRow(
        place=place, his_code=texts["his_code"], name=texts["name"],
        specification=texts["specification"], unit=texts["unit"],
        manufacturer_name=texts["manufacturer_name"], product_code=code, units_per_pack=factor,
        valid_from=day, is_stopped=stopped in YES,
    ), []  # fmt: skip


def _problem(
    place: int, column: str, texts: Mapping[str, str], message: str, remedy: str
) -> RowProblem:
    return RowProblem(place, column, texts[column][:80], message, remedy)


def _text_problem(place: int, column: RowColumn, text: str) -> RowProblem | None:
    if _EXCEL_ERROR.fullmatch(text):
        return RowProblem(place, column.key, text, "单元格是 Excel 的公式错误", "改成文字或数字")
    if _CONTROL.search(text):
        return RowProblem(
            place,
            column.key,
            _CONTROL.sub("�", text)[:80],
            f"{column.label}有换行或控制字符",
            "删去换行和不可见字符",
        )
    if column.required and not text:
        return RowProblem(place, column.key, "", f"缺少{column.label}", "必填")
    if len(text) > column.most:
        return RowProblem(
            place,
            column.key,
            text[:80],
            f"{column.label}最长 {column.most} 个字，现有 {len(text)} 个",
            "缩短",
        )
    return None


def _factor(text: str, code: str) -> tuple[Decimal | None, str]:
    if not text:
        return None, "填了国家医保编码就要填换算：一个包装合多少个院内单位" if code else ""
    if not code:
        return None, "没有填国家医保编码，换算无从对照：两项都填，或都留空"
    factor = typed_number(unicodedata.normalize("NFKC", text))
    if factor is None:
        return None, "不是数字"
    if factor <= 0:
        return None, "换算须大于 0"
    if factor > LARGEST_FACTOR:
        return None, f"换算不能超过 {LARGEST_FACTOR:,}"
    if factor != factor.quantize(Decimal("0.0001")):
        return None, "换算最多 4 位小数"
    return factor, ""


def _day(text: str, today: date) -> tuple[date | None, str]:
    if not text:
        return None, ""
    try:
        day = date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        return None, "不是日期"
    if day < FIRST_DAY:
        return None, f"不能早于 {FIRST_DAY}"
    if day > today + timedelta(days=MOST_DAYS_AHEAD):
        return None, "不能晚于一年以后"
    return day, ""
