"""Read a workbook of applications: every error by row and column, nothing is mended silently."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import python_calamine

from catalog.models import Product
from catalog.operations.applications.drafts import kept_values, read_values
from catalog.operations.applications.problems import WrongApplication
from catalog.queries.application_page import own_products
from catalog.queries.application_sheet import MAX_ROWS, PRODUCT, REASON, SheetColumn, columns_of
from catalog.queries.application_target import current_values
from core.workdays.deadlines import shanghai_day
from organisations.queries.scope import Scope

ZIP_MARK = b"PK\x03\x04"
MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000


@dataclass(frozen=True)
class SheetError:
    """What is wrong where: the row as Excel numbers it (0: the file), the column's heading."""

    line: int
    column: str
    value: str
    message: str


@dataclass(frozen=True)
class SheetRow:
    line: int
    product: Product | None
    values: dict[str, str]
    reason: str

    @property
    def title(self) -> str:
        return str(self.product) if self.product else f"{self.values['name']}"


@dataclass
class Sheet:
    """`untouched` rows say what the catalogue says already; they are left out and counted.

    `asked`: every row that asks for something of a product (none: a new one), also where a cell
    of it is wrong.
    """

    cells: list[list[str]] = field(default_factory=list)
    rows: list[SheetRow] = field(default_factory=list)
    errors: list[SheetError] = field(default_factory=list)
    asked: list[tuple[int, Product | None]] = field(default_factory=list)
    untouched: int = 0

    def fail(self, line: int, column: str, value: str, message: str) -> None:
        self.errors.append(SheetError(line, column, value[:80], message))


def read_sheet(content: bytes, *, kind: str, scope: Scope, at: datetime) -> Sheet:
    """The rows of the first sheet, checked one by one and against each other."""
    sheet = Sheet()
    try:
        sheet.cells = _cells(content)
    except _Unreadable as unreadable:
        sheet.fail(0, "", "", str(unreadable))
        return sheet
    columns = columns_of(kind)
    places = _places(sheet, columns)
    if sheet.errors:
        return sheet
    lines = [(number, cells) for number, cells in enumerate(sheet.cells[1:], start=2) if any(cells)]
    if not lines:
        sheet.fail(2, "", "", "表头下面没有内容，请至少填写一行")
    if len(lines) > MAX_ROWS:
        sheet.fail(0, "", "", f"共 {len(lines)} 行，一次最多 {MAX_ROWS} 行，请分成几个文件")
        return sheet
    codes = {cells[places[PRODUCT]] for _, cells in lines} if PRODUCT in places else set()
    products = {each.code: each for each in own_products(scope).filter(code__in=codes)}
    seen: dict[str, int] = {}
    labels = {column.key: column.label for column in columns}
    for line, cells in lines:
        given = {column.key: cells[places[column.key]] for column in columns if column.typed}
        _read_row(sheet, kind, line, given, products, seen, labels, at)
    if not sheet.rows and not sheet.errors:
        sheet.fail(0, "", "", "所有行都与现行登记相同，没有需要申请的内容")
    return sheet


def _read_row(
    sheet: Sheet,
    kind: str,
    line: int,
    given: dict[str, str],
    products: dict[str, Product],
    seen: dict[str, int],
    labels: dict[str, str],
    at: datetime,
) -> None:
    key = PRODUCT if PRODUCT in given else "code"
    code = given[key]
    reason = given.pop(REASON)
    product = products.get(code) if key == PRODUCT else None
    said = _fault_of_key(key, code, product, seen)
    seen.setdefault(code, line)
    given.pop(PRODUCT, None)
    if said:
        # The other cells are judged by themselves: whoever mends the code sees all there is.
        _, problems = read_values(kind, given, reason)
        sheet.fail(line, labels[key], code, said)
        _fail_all(sheet, line, {k: v for k, v in problems.items() if k != key}, given, labels)
        return
    if product is not None and _untouched(kind, product, given, at):
        sheet.untouched += 1
        return
    sheet.asked.append((line, product))
    try:
        kept = kept_values(kind, product, given, reason, at)
    except WrongApplication as wrong:
        _fail_all(sheet, line, wrong.problems, given | {REASON: reason}, labels)
        return
    sheet.rows.append(SheetRow(line, product, kept, reason))


def _fault_of_key(key: str, code: str, product: Product | None, seen: dict[str, int]) -> str:
    if code and code in seen:
        return f"与第 {seen[code]} 行重复，同一产品只填一行"
    if key != PRODUCT or product is not None:
        return ""
    return "本企业没有这个产品，请核对编码" if code else "请填写产品编码"


def _fail_all(
    sheet: Sheet,
    line: int,
    problems: Mapping[str, str],
    given: Mapping[str, str],
    labels: Mapping[str, str],
) -> None:
    for name, message in problems.items():
        sheet.fail(line, labels.get(name, ""), given.get(name, ""), message)


def _untouched(kind: str, product: Product, given: dict[str, str], at: datetime) -> bool:
    """As it was handed out: numbers may be written shorter than they are kept."""
    now = current_values(kind, product, shanghai_day(at))
    return all(_short(text) == _short(now[name]) for name, text in given.items())


def _short(text: str) -> str:
    """A number without zeros at the end of its fraction; any other text as it is."""
    whole, dot, fraction = text.partition(".")
    if dot and whole.isdecimal() and fraction.isdecimal():
        return f"{whole}.{fraction}".rstrip("0").rstrip(".")
    return text


def _places(sheet: Sheet, columns: list[SheetColumn]) -> dict[str, int]:
    """Where each column stands; the headings are those of the template, in any order."""
    head = sheet.cells[0] if sheet.cells else []
    places: dict[str, int] = {}
    for column in columns:
        if head.count(column.label) > 1:
            sheet.fail(1, column.label, column.label, "表头重复，请保留一列")
        elif column.label in head:
            places[column.key] = head.index(column.label)
        elif column.typed:
            sheet.fail(1, column.label, "", f"缺少“{column.label}”一列，请用本类别的模板填写")
    known = {column.label for column in columns}
    for label in head:
        if label and label not in known:
            sheet.fail(1, label, label, "模板没有这一列，请删除或换用本类别的模板")
    return places


class _Unreadable(ValueError):
    """The file is no workbook that can be read."""


def _cells(content: bytes) -> list[list[str]]:
    if not content:
        raise _Unreadable("文件是空的，请重新选择")
    if not content.startswith(ZIP_MARK):
        raise _Unreadable("文件不是 XLSX 工作簿，请用 Excel 或 WPS 另存为 .xlsx")
    if len(content) > MAX_BYTES:
        raise _Unreadable("工作簿超过 5 MB，请只保留填写的表")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise _Unreadable("工作簿展开后过大，请只保留填写的表")
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except _Unreadable:
        raise
    except Exception as error:
        # The reader has an exception of its own for each way in which a file can be broken.
        raise _Unreadable("工作簿不能打开，请用 Excel 或 WPS 另存为 .xlsx") from error
    width = max((len(row) for row in rows), default=0)
    return [[_text(cell) for cell in row] + [""] * (width - len(row)) for row in rows]


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return " ".join(str(cell).split())
