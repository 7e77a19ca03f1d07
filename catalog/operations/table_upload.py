"""Maximum prices and shortage lists from a workbook: read, checked by cell, taken all or not at all."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import python_calamine
from django.db.models import QuerySet

from catalog.models import Group, Product, ShortageEntry
from catalog.operations.maximum_prices import set_maximum_price
from catalog.operations.shortages import enter_shortage
from core.audit.record import Actor, record
from core.lists.workbook import write_workbook
from core.numbers.plain import typed_number
from core.operations import operation
from organisations.queries.scope import Scope

ZIP_MARK = b"PK\x03\x04"
MAX_BYTES = 5_000_000
MAX_UNPACKED = 60_000_000
MAX_ROWS = 5_000
MARK = "错误说明"


@dataclass(frozen=True)
class CellProblem:
    """What is wrong in one cell; `line` is the sheet's row, 0 the whole file."""

    line: int
    column: str
    value: str
    message: str
    remedy: str


class TableRefused(Exception):
    """The workbook has mistakes; nothing was written."""

    def __init__(
        self, problems: Sequence[CellProblem], sheet: Sequence[Sequence[str]] = ()
    ) -> None:
        super().__init__(f"{len(problems)} 处错误")
        self.problems = list(problems)
        self.sheet = [list(row) for row in sheet]


@dataclass(frozen=True)
class TableColumn:
    """A column: its heading, whether it may be empty, and how a cell becomes a value."""

    key: str
    heading: str
    read: Callable[[str], Any]
    remedy: str
    optional: bool = False


@dataclass(frozen=True)
class Table:
    """One kind of workbook."""

    key: str
    label: str
    columns: tuple[TableColumn, ...]
    past_days: bool


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("不是日期") from None


def _price(text: str) -> Decimal:
    value = typed_number(text)
    if value is None:
        raise ValueError("不是数字")
    if value <= 0:
        raise ValueError("应大于 0")
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4:
        raise ValueError("最多四位小数")
    if value >= Decimal("100000000000000"):
        raise ValueError("数字过大")
    return value


def _words(length: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        if len(text) > length:
            raise ValueError(f"超过 {length} 字")
        return text

    return read


def _choice(labels: Mapping[str, str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in labels:
            raise ValueError(f"应为{'、'.join(labels)}")
        return labels[text]

    return read


_SUBJECT = (
    TableColumn("group", "品种代码", _words(40), "品种代码和国家医保编码填其中一项", True),
    TableColumn("product", "国家医保编码", _words(27), "品种代码和国家医保编码填其中一项", True),
)
_CLAUSE = TableColumn("clause", "依据", _words(200), "填写文件和条款，不超过 200 字")
_FROM = TableColumn("valid_from", "起始日", _day, "写成 2026-01-31")

TABLES = {
    "maximum-prices": Table(
        "maximum-prices", "最高挂网价",
        (*_SUBJECT, TableColumn("price", "最高挂网价", _price, "大于 0 的数，最多四位小数，单位为元"),
         TableColumn("suspends", "超过即暂停", _choice({"是": "1", "否": ""}), "填是或否"),
         _FROM, _CLAUSE),
        past_days=False,
    ),
    "shortages": Table(
        "shortages", "短缺清单",
        (*_SUBJECT,
         TableColumn("kind", "清单", _choice({"短缺": "shortage", "易短缺": "easily_short"}), "填短缺或易短缺"),
         TableColumn("source", "来源", _choice({"国家清单": "national", "省级增补": "province"}), "填国家清单或省级增补"),
         _FROM, _CLAUSE),
        past_days=True,
    ),
}  # fmt: skip


def read_table(
    table: Table,
    content: bytes,
    *,
    groups: QuerySet[Group],
    products: QuerySet[Product],
    today: date,
) -> list[dict[str, Any]]:
    """The rows with group, product and day as plain values. Raises TableRefused with all mistakes."""
    sheet = sheet_of(content)
    head = [column.heading for column in table.columns]
    found = sheet[0][: len(head)] if sheet else []
    rest = [word for word in sheet[0][len(head) :] if word] if sheet else []
    if found != head or any(not word.startswith(MARK) for word in rest):
        wanted = "、".join(head)
        raise TableRefused(
                [CellProblem(1, "表头", "、".join(filter(None, found))[:80],
                             f"表头应依次为：{wanted}", "下载模板，按模板的表头填写")],
                sheet,
            )  # fmt: skip
    body = [
        (no, row[: len(head)]) for no, row in enumerate(sheet[1:], start=2) if any(row[: len(head)])
    ]
    if not body:
        raise TableRefused([_whole("没有数据行", "从第 2 行起每行填一个品种或产品")])
    if len(body) > MAX_ROWS:
        raise TableRefused(
            [_whole(f"有 {len(body):,} 行，一次最多 {MAX_ROWS:,} 行", "分成几个文件上传")]
        )
    problems: list[CellProblem] = []
    rows = [_row(table, no, cells, problems) for no, cells in body]
    _check_subjects(rows, groups, products, problems)
    _check_days(table, rows, today, problems)
    if problems:
        raise TableRefused(sorted(problems, key=lambda p: (p.line, p.column)), sheet)
    return rows


@operation
def take_table(
    table: Table,
    *,
    rows: Sequence[Mapping[str, Any]],
    groups: QuerySet[Group],
    products: QuerySet[Product],
    by: Actor,
    scope: Scope,
    at: datetime,
) -> int:
    """Write every row by its own operation, in one transaction: all of them or none."""
    by_group = {row.code: row for row in groups.filter(code__in={r["group"] for r in rows})}
    by_product = {row.code: row for row in products.filter(code__in={r["product"] for r in rows})}
    for row in rows:
        subject: dict[str, Any] = {
            "group": by_group[row["group"]] if row["group"] else None,
            "product": by_product[row["product"]] if row["product"] else None,
        }
        day = date.fromisoformat(row["valid_from"])
        if table.key == "maximum-prices":
            set_maximum_price(
                **subject, price=Decimal(row["price"]), suspends=bool(row["suspends"]),
                valid_from=day, clause=row["clause"], by=by, scope=scope, at=at,
            )  # fmt: skip
        else:
            enter_shortage(
                **subject, kind=row["kind"], source=row["source"], valid_from=day,
                clause=row["clause"], by=by, scope=scope, at=at,
            )  # fmt: skip
    record(
        by=by, at=at, action="price_table.take", object_type=table.key, object_label=table.label,
        detail={"rows": len(rows)},
    )  # fmt: skip
    return len(rows)


def write_template(table: Table, target: IO[bytes], rows: Sequence[Sequence[Any]]) -> None:
    """The workbook with what is in force, to be changed and handed in again."""
    columns = [(column.heading, 28 if column.key == "clause" else 18) for column in table.columns]
    write_workbook(target, columns=columns, rows=rows)


def current_rows(table: Table, objects: QuerySet[Any]) -> list[list[Any]]:
    """Entries as rows of the template, with text as people write it."""
    kinds = {value: label for label, value in (("短缺", "shortage"), ("易短缺", "easily_short"))}
    sources = dict(ShortageEntry.Source.choices)
    rows = []
    for each in objects:
        subject = [each.group.code if each.group else "", each.product.code if each.product else ""]
        if table.key == "maximum-prices":
            middle: list[Any] = [each.price, "是" if each.suspends else "否"]
        else:
            middle = [kinds[each.kind], sources[each.source]]
        rows.append([*subject, *middle, each.valid_from, each.clause])
    return rows


def write_marked(refused: TableRefused, target: IO[bytes]) -> None:
    """The sheet as it was handed in, with a last column that says what is wrong with each row."""
    said: dict[int, list[str]] = {}
    for problem in refused.problems:
        said.setdefault(max(problem.line, 1), []).append(
            f"{problem.column}：{problem.message}" if problem.column else problem.message
        )
    sheet = list(refused.sheet) or [[""]]
    width = max(len(row) for row in sheet)
    marks = [no for no, word in enumerate(sheet[0]) if word.startswith(MARK)]
    width = marks[0] if marks else width
    head = [
        (word or f"第{no}列", 18) for no, word in enumerate((sheet[0] + [""] * width)[:width], 1)
    ]
    rows = [
        [*(row + [""] * width)[:width], "；".join(said.get(no, []))]
        for no, row in enumerate(sheet[1:], start=2)
    ]
    mark = "；".join([MARK, *said[1]]) if 1 in said else MARK
    write_workbook(target, columns=[*head, (mark, 60)], rows=rows)


def _row(
    table: Table, no: int, cells: Sequence[str], problems: list[CellProblem]
) -> dict[str, Any]:
    values: dict[str, Any] = {"line": no}
    for column, text in zip(table.columns, cells, strict=True):
        values[column.key] = text
        if not text:
            if not column.optional:
                problems.append(_problem(no, column, text, "没有填写"))
            continue
        try:
            read = column.read(text)
        except ValueError as error:
            problems.append(_problem(no, column, text, str(error)))
        else:
            values[column.key] = read.isoformat() if isinstance(read, date) else str(read)
    return values


def _check_subjects(
    rows: Sequence[Mapping[str, Any]],
    groups: QuerySet[Group],
    products: QuerySet[Product],
    problems: list[CellProblem],
) -> None:
    codes = {
        "group": set(
            groups.filter(code__in={r["group"] for r in rows}).values_list("code", flat=True)
        ),
        "product": set(
            products.filter(code__in={r["product"] for r in rows}).values_list("code", flat=True)
        ),
    }
    seen: dict[tuple[str, str], int] = {}
    heads = {"group": "品种代码", "product": "国家医保编码"}
    for row in rows:
        given = [key for key in ("group", "product") if row[key]]
        if len(given) != 1:
            both = "两项都填了" if given else "没有填写"
            problems.append(
                CellProblem(row["line"], "品种代码", row["group"], both, _SUBJECT[0].remedy)
            )
            continue
        key, code = given[0], str(row[given[0]])
        if code not in codes[key]:
            problems.append(
                CellProblem(
                    row["line"], heads[key], code, "平台没有这个代码", "核对代码，或先申报入库"
                )
            )
        elif (key, code) in seen:
            problems.append(
                CellProblem(
                    row["line"], heads[key], code, f"与第 {seen[key, code]} 行重复", "只留一行"
                )
            )
        seen.setdefault((key, code), int(row["line"]))


def _check_days(
    table: Table, rows: Sequence[Mapping[str, Any]], today: date, problems: list[CellProblem]
) -> None:
    if table.past_days:
        return
    for row in rows:
        try:
            early = date.fromisoformat(row["valid_from"]) < today
        except ValueError:
            continue
        if early:
            problems.append(
                CellProblem(
                    row["line"], "起始日", row["valid_from"], "早于今天", "从今天或以后的日子起"
                )
            )


def _problem(no: int, column: TableColumn, text: str, message: str) -> CellProblem:
    return CellProblem(no, column.heading, text[:80], message, column.remedy)


def _whole(message: str, remedy: str) -> CellProblem:
    return CellProblem(0, "", "", message, remedy)


def sheet_of(content: bytes) -> list[list[str]]:
    """The first sheet as text, cell by cell. Raises TableRefused for what is no workbook."""
    if not content.startswith(ZIP_MARK):
        raise TableRefused([_whole("不是 XLSX 工作簿", "用 Excel 或 WPS 另存为 .xlsx")])
    if len(content) > MAX_BYTES or _unpacked(content) > MAX_UNPACKED:
        raise TableRefused([_whole("工作簿过大", "删去多余的工作表和格式，不超过 5 MB")])
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Exception as error:
        # The reader has an exception of its own for each way in which a file can be broken.
        raise _unreadable() from error
    return [[_text(cell) for cell in row] for row in cells]


def _unpacked(content: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile:
        raise _unreadable() from None


def _unreadable() -> TableRefused:
    return TableRefused([_whole("工作簿打不开", "用 Excel 或 WPS 另存为 .xlsx")])


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == datetime.min.time() else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)).normalize():f}"
    return " ".join(str(cell).split())
