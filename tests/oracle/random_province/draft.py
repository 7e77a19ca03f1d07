"""The province while it is being made: its month, its tables, and the ways to pick nasty instants and days."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import chinese_calendar

from ..periods import ONE_DAY, Month, midnight

TICK = timedelta(microseconds=1)

# Around policies that come into force, quarters, years, leap days and the swapped working days.
MONTHS = (
    "2019-11", "2019-12", "2023-02", "2023-03", "2024-02", "2024-03", "2024-05", "2024-06",
    "2025-01", "2025-10", "2025-12", "2026-01", "2026-02", "2026-03", "2026-06", "2026-09",
)  # fmt: skip

Cell = str | int | Decimal | date | None


@dataclass
class Draft:
    rng: Random
    month: Month
    size: int
    prefix: str
    tables: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    edges: list[datetime] = field(default_factory=list)

    @property
    def cut(self) -> datetime:
        return self.month.cut

    def add(self, table: str, **cells: Cell) -> None:
        self.tables[table].append({name: self.text(value) for name, value in cells.items()})

    def text(self, value: Cell) -> str:
        if value is None:
            return ""
        if isinstance(value, datetime):
            return self.instant_text(value)
        if isinstance(value, Decimal):
            return f"{value:f}"
        return str(value)

    def instant_text(self, at: datetime) -> str:
        """One of the allowed spellings of the same instant."""
        spelling = self.rng.randrange(8)
        if spelling == 0:
            return f"{at.isoformat()}+08:00"
        if spelling == 1:
            return f"{(at - timedelta(hours=8)).isoformat()}Z"
        if spelling == 2:
            return at.isoformat(sep=" ")
        return at.isoformat()

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def between(self, start: datetime, end: datetime) -> datetime:
        """A random instant of [start, end), most on whole seconds."""
        span = max(int((end - start).total_seconds()), 1)
        at = start + timedelta(seconds=self.rng.randrange(span))
        return (
            at + timedelta(microseconds=self.rng.randrange(1_000_000)) if self.chance(0.2) else at
        )

    def day_between(self, start: date, end: date) -> date:
        return start + timedelta(days=self.rng.randrange(max((end - start).days, 1)))

    def beside(self, at: datetime) -> datetime:
        """Exactly at an instant, or one microsecond to either side."""
        return at + self.rng.choice((-TICK, timedelta(0), TICK))

    def known_edges(self) -> list[datetime]:
        """Those that a computation around the month can see; the calendar of a far year may not be published."""
        return [edge for edge in self.edges if edge <= self.cut + timedelta(days=2)]

    def edge(self) -> datetime:
        """At or beside a cut, a month's start or an agreement year's start or end."""
        return self.beside(self.rng.choice(self.known_edges()))

    def edge_day(self) -> date:
        return self.rng.choice(self.known_edges()).date() + self.rng.choice((-1, 0, 0, 1)) * ONE_DAY

    def workday_edge(self, after: date, count: int) -> datetime:
        """Around the end of the count-th working day after a day."""
        day = after
        while count:
            day += ONE_DAY
            count -= chinese_calendar.is_workday(day)
        return midnight(day + ONE_DAY) + self.rng.choice(
            (-TICK, timedelta(0), -ONE_DAY, timedelta(hours=-9))
        )

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.tables.items():
            columns = list(rows[0])
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns, lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)


def number(value: float | str | Decimal) -> Decimal:
    """At most 4 decimals, without trailing zeros."""
    rounded = Decimal(str(value)).quantize(Decimal("0.0001"))
    return rounded.normalize() if rounded != rounded.to_integral() else rounded.quantize(Decimal(1))
