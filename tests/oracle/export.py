"""The two export files, as text: LF line ends, exact decimals without trailing zeros, ratios at 6 decimals."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from .rows import Row, rounded
from .warnings import MonthlyWarning
from .world import World

INDICATOR_COLUMNS = [
    "month",
    "indicator",
    "window",
    "subject_type",
    "subject_code",
    "batch_code",
    "year_no",
    "group_code",
    "product_code",
    "category",
    "numerator",
    "denominator",
    "value",
    "assessed",
]
WARNING_COLUMNS = [
    "month",
    "rule",
    "severity",
    "subject_type",
    "subject_code",
    "batch_code",
    "year_no",
    "group_code",
    "product_code",
    "measured",
    "threshold",
    "clause",
]
SIX_PLACES = Decimal("0.000001")


def exact(value: Decimal) -> str:
    """Plain digits, trailing zeros removed, never '-0'."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def six_places(value: Fraction | None) -> str:
    """Rounded half up (away from zero below it); a negative that rounds to zero is 0.000000."""
    if value is None:
        return ""
    result = rounded(value, SIX_PLACES)
    return f"{abs(result) if result == 0 else result:.6f}"


def indicator_cells(month: str, row: Row) -> list[str]:
    key = row.key
    return [
        month,
        key.indicator,
        key.window,
        key.subject_type,
        key.subject_code,
        key.batch_code,
        key.year_no,
        key.group_code,
        key.product_code,
        key.category,
        exact(row.numerator),
        exact(row.denominator),
        six_places(row.value),
        str(row.assessed),
    ]


def warning_cells(month: str, warning: MonthlyWarning) -> list[str]:
    return [
        month,
        warning.rule,
        warning.severity,
        warning.subject_type,
        warning.subject_code,
        warning.batch_code,
        warning.year_no,
        warning.group_code,
        warning.product_code,
        six_places(warning.measured),
        six_places(warning.threshold),
        warning.clause,
    ]


def write(path: Path, columns: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_indicators(path: Path, world: World, rows: list[Row]) -> None:
    write(path, INDICATOR_COLUMNS, [indicator_cells(str(world.month), row) for row in rows])


def write_warnings(path: Path, world: World, warnings: list[MonthlyWarning]) -> None:
    write(path, WARNING_COLUMNS, [warning_cells(str(world.month), warning) for warning in warnings])
