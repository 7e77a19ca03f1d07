"""A province of any size, drawn by SQL inside the server; the same for the same size and seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connections

SQL = Path(__file__).parent / "sql" / "province"
LAST_YEAR = 2025
LINES_PER_ORDER = 10
LARGEST = 10_000_000


@dataclass(frozen=True)
class Size:
    """How much of everything; 10 million lines give the province that the targets speak of."""

    institutions: int
    manufacturers: int
    distributors: int
    groups: int
    products: int

    @classmethod
    def of(cls, lines: int) -> Size:
        share = min(1.0, (lines / LARGEST) ** 0.5)
        groups = max(60, round(350 * share))
        return cls(
            institutions=min(2500, max(100, lines // 2000)),
            manufacturers=max(40, round(600 * share)),
            distributors=max(20, round(300 * share)),
            groups=groups,
            products=max(6 * groups, round(3700 * share)),
        )


def draw(lines: int, seed: float, years: int = 1, institutions: int | None = None) -> Size:
    """Fill the empty database: the parties, and `years` years up to the last one."""
    size = Size.of(lines)
    size = replace(size, institutions=institutions or size.institutions)
    values = {**asdict(size), "last_year": LAST_YEAR}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT setseed(%s)", [seed])
        for name in ("1_parties", "2_catalogue", "3_agreed"):
            cursor.execute((SQL / f"{name}.sql").read_text(), values)
        cursor.execute("ANALYZE")
    for year in range(LAST_YEAR, LAST_YEAR - years, -1):
        draw_year(lines, seed, year, size)
    return size


def draw_year(lines: int, seed: float, year: int, size: Size | None = None) -> None:
    """Add one year of `lines` order lines and what follows from them."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SET work_mem = '128MB'")
        cursor.execute("SELECT setseed(%s)", [seed * (year - 2000) / 100])
        cursor.execute("SELECT array_agg(weight_up_to ORDER BY institution_id) FROM bench.stamp")
        weights = cursor.fetchone()[0]
        values: dict[str, Any] = {
            **asdict(size or Size.of(lines)),
            "orders": lines // LINES_PER_ORDER,
            "orders_before": _count(cursor, "procurement_order"),
            "deliveries_before": _count(cursor, "procurement_delivery"),
            "weight": weights[-1],
            "weights": weights[:-1],
            "year_first": date(year, 1, 1),
            "year_last": date(year, 12, 31),
            "start": f"{year}-01-01T00:00:00+08:00",
            "end": f"{year + 1}-01-01T00:00:00+08:00",
        }
        for name in ("4_year", "5_sequences"):
            cursor.execute((SQL / f"{name}.sql").read_text(), values)
        # Outside of a transaction: hint bits and the visibility map are made here, not while timing.
        cursor.execute("VACUUM (ANALYZE)")


def counts() -> dict[str, int]:
    """Rows of the large tables."""
    tables = ("orderline", "delivery", "receipt", "return", "payment", "purchasehistory")
    with connections["owner"].cursor() as cursor:
        return {name: _count(cursor, f"procurement_{name}") for name in tables}


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")
    return int(cursor.fetchone()[0])
