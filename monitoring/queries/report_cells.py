"""Cells of a report's tables: reading rows, counts, sums and shares as they are printed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection

Table = dict[str, Any]


def read(statement: str, marks: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, marks)
        return list(cursor.fetchall())


def table(title: str, columns: Sequence[str], rows: list[list[str]], note: str = "") -> Table:
    return {"title": title, "note": note, "columns": list(columns), "rows": rows}


def counts(values: Sequence[Any]) -> list[str]:
    return [f"{int(value):,}" for value in values]


def with_sum(rows: list[list[str]]) -> list[list[str]]:
    """A last line with the sums of counts; nothing where there is nothing to add."""
    if not rows:
        return rows
    sums = [
        f"{sum(int(row[place].replace(',', '')) for row in rows):,}"
        for place in range(1, len(rows[0]))
    ]
    return [*rows, ["合计", *sums]]


def share(top: Any, bottom: Any) -> str:
    """“98.21%”; “—” where there is nothing to divide by."""
    if not bottom:
        return "—"
    part = Decimal(top or 0) * 100 / Decimal(bottom)
    return f"{part.quantize(Decimal('0.01'), ROUND_HALF_UP)}%"
