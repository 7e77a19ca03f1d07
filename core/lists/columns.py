"""One declaration per list: heads, sorts, column choice and the Excel sheet come from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from core.lists.cell import Cell
from core.templatetags.formats import money, number, price

SORT, SHOWN, PAGE = "sort", "columns", "page"


@dataclass(frozen=True)
class Column:
    """A column: `cell` gives the Excel cell of a row; `sort` names the fields that it sorts by.

    `shown` gives the cell of the page where it is more than the same text: link, badge, two lines.
    `fixed` columns cannot be hidden; those with `offered` False are hidden until chosen; those
    with `in_file` False hold buttons and are not in the file.
    """

    key: str
    label: str
    cell: Callable[[Any], Any]
    width: int = 14
    numeric: bool = False
    unit: str = ""
    sort: tuple[str, ...] = ()
    fixed: bool = False
    offered: bool = True
    in_file: bool = True
    shown: Callable[[Any], Cell] | None = None

    def on_page(self, row: Any) -> Cell:
        """The cell of a row as the page shows it."""
        if self.shown:
            return self.shown(row)
        value = self.cell(row)
        if self.unit.startswith("元") and isinstance(value, Decimal):
            return Cell(money(value) if self.unit == "元" else price(value))
        return Cell(_words(value))


def shown_keys(
    columns: Sequence[Column], given: QueryDict, remembered: Collection[str] = ()
) -> frozenset[str]:
    """The columns that the address asks for, else the remembered ones, else those that are offered.

    The fixed ones always.
    """
    known = {column.key for column in columns}
    asked = (set(given.getlist(SHOWN)) & known) or (set(remembered) & known)
    fixed = {column.key for column in columns if column.fixed}
    return frozenset((asked or {c.key for c in columns if c.offered}) | fixed)


def strange_keys(columns: Sequence[Column], given: QueryDict) -> list[str]:
    """The columns that the address asks for and the list has not: of a view kept long, or mistyped."""
    known = {column.key for column in columns}
    return [key[:40] for key in given.getlist(SHOWN) if key and key not in known][:5]


def sorts_by(columns: Sequence[Column], asked: str) -> bool:
    """Whether the list can be sorted by this `key` or `-key`."""
    return asked.removeprefix("-") in {column.key for column in columns if column.sort}


def ordering(columns: Sequence[Column], given: QueryDict, default: str) -> tuple[str, list[str]]:
    """The sort in force (`key` or `-key`) and the fields to order by; an unknown one is the default."""
    by_key = {column.key: column.sort for column in columns if column.sort}
    chosen = given.get(SORT, "")
    if not sorts_by(columns, chosen):
        chosen = default
    fields = by_key.get(chosen.lstrip("-"), ())
    return chosen, [_turned(field) if chosen.startswith("-") else field for field in fields]


def heads(
    columns: Iterable[Column],
    given: QueryDict,
    *,
    shown: Collection[str],
    sort: str,
    locked: str = "",
    free: str = "",
) -> list[dict[str, Any]]:
    """What the table component takes: the visible columns with their sort links.

    `locked` says why the list cannot be sorted by other columns than `free`; these are greyed.
    """
    return [
        {
            "label": column.label,
            "numeric": column.numeric,
            "unit": column.unit,
            "sort_url": _sort_url(column, given, sort)
            if column.sort and (not locked or column.key == free)
            else "",
            "reason": locked if column.sort and column.key != free else "",
            "sorted": {column.key: "asc", f"-{column.key}": "desc"}.get(sort, ""),
        }
        for column in columns
        if column.key in shown
    ]


def choice(columns: Iterable[Column], shown: Collection[str]) -> list[dict[str, Any]]:
    """What the column menu takes."""
    return [
        {
            "key": column.key,
            "label": column.label,
            "shown": column.key in shown,
            "fixed": column.fixed,
        }
        for column in columns
    ]


def sheet(columns: Iterable[Column]) -> list[tuple[str, int]]:
    """Headings and widths of the Excel file, which has every column."""
    return [
        (f"{column.label}（{column.unit}）" if column.unit else column.label, column.width)
        for column in columns
        if column.in_file
    ]


def cells(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(column.cell(row) for column in columns if column.in_file)


def _words(value: Any) -> Any:
    """Days, yes and no as people write them; everything else as it is."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return number(value) if isinstance(value, int | float | Decimal) else value


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _sort_url(column: Column, given: QueryDict, sort: str) -> str:
    query = given.copy()
    for name in (PAGE, "cursor", "all"):
        query.pop(name, None)
    query[SORT] = f"-{column.key}" if sort == column.key else column.key
    return f"?{query.urlencode()}"
