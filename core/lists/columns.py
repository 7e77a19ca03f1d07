"""One declaration per list: heads, sorts, column choice and the Excel sheet come from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

SORT, SHOWN, PAGE = "sort", "columns", "page"


@dataclass(frozen=True)
class Column:
    """A column: `cell` gives the Excel cell of a row; `sort` names the fields that it sorts by.

    `fixed` columns cannot be hidden; those with `offered` False are hidden until chosen.
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


def shown_keys(columns: Sequence[Column], given: QueryDict) -> frozenset[str]:
    """The columns that the address asks for, or those that are offered; always the fixed ones."""
    asked = set(given.getlist(SHOWN)) & {column.key for column in columns}
    fixed = {column.key for column in columns if column.fixed}
    return frozenset((asked or {c.key for c in columns if c.offered}) | fixed)


def ordering(columns: Sequence[Column], given: QueryDict, default: str) -> tuple[str, list[str]]:
    """The sort in force (`key` or `-key`) and the fields to order by; an unknown one is the default."""
    by_key = {column.key: column.sort for column in columns if column.sort}
    chosen = given.get(SORT, "")
    if chosen.lstrip("-") not in by_key or chosen.startswith("--"):
        chosen = default
    fields = by_key.get(chosen.lstrip("-"), ())
    return chosen, [_turned(field) if chosen.startswith("-") else field for field in fields]


def heads(
    columns: Iterable[Column], given: QueryDict, *, shown: Collection[str], sort: str
) -> list[dict[str, Any]]:
    """What the table component takes: the visible columns with their sort links."""
    return [
        {
            "label": column.label,
            "numeric": column.numeric,
            "unit": column.unit,
            "sort_url": _sort_url(column, given, sort) if column.sort else "",
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
    ]


def cells(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        yield tuple(column.cell(row) for column in columns)


def _turned(field: str) -> str:
    return field[1:] if field.startswith("-") else f"-{field}"


def _sort_url(column: Column, given: QueryDict, sort: str) -> str:
    query = given.copy()
    query.pop(PAGE, None)
    query[SORT] = f"-{column.key}" if sort == column.key else column.key
    return f"?{query.urlencode()}"
