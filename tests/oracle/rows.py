"""The row of the indicators export, and the collector that sums parts into rows and rows into region rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

from .world import World

WIDE = Context(prec=80)
HELD = Decimal("0.00000001")
Number = Decimal | Fraction | int


def rounded(value: Number, unit: Decimal) -> Decimal:
    """Rounded to a multiple of a power of ten, ties away from zero, exact before that."""
    scaled = Fraction(value) / Fraction(unit)
    whole = (abs(scaled.numerator) * 2 + scaled.denominator) // (scaled.denominator * 2)
    sign = -1 if scaled < 0 else 1
    return WIDE.multiply(Decimal(sign * whole), unit)


def held(value: Number) -> Decimal:
    """A numerator or denominator as it is held: 8 decimals, half away from zero."""
    return rounded(value, HELD)


@dataclass(frozen=True, order=True)
class Key:
    """Everything but the figures; '' means 'not applicable'."""

    indicator: str
    window: str
    subject_type: str
    subject_code: str
    batch_code: str = ""
    year_no: str = ""
    group_code: str = ""
    product_code: str = ""
    category: str = ""


@dataclass(frozen=True)
class Row:
    key: Key
    numerator: Decimal
    denominator: Decimal
    assessed: int = 1

    @property
    def value(self) -> Fraction | None:
        """The exact quotient of the held figures; None where the denominator is 0."""
        if self.denominator == 0:
            return None
        return Fraction(self.numerator) / Fraction(self.denominator)


class Tally:
    """Sums numerators and denominators by key; figures are held once, when the rows are made."""

    def __init__(self) -> None:
        self._sums: dict[Key, list[Fraction]] = {}

    def add(self, key: Key, numerator: Number, denominator: Number) -> None:
        sums = self._sums.setdefault(key, [Fraction(0), Fraction(0)])
        sums[0] += Fraction(numerator)
        sums[1] += Fraction(denominator)

    def rows(self) -> Iterator[Row]:
        for key, (numerator, denominator) in self._sums.items():
            row = Row(key, held(numerator), held(denominator))
            if row.numerator != 0 or row.denominator != 0:
                yield row


def with_regions(world: World, unit_rows: list[Row]) -> list[Row]:
    """The unit rows, followed by the county, city, province and pool rows that they sum to."""
    return [*unit_rows, *region_rows(world, unit_rows)]


def region_rows(world: World, unit_rows: list[Row]) -> list[Row]:
    tally = Tally()
    for row in unit_rows:
        for subject_type, subject_code in world.rollups(row.key.subject_code):
            key = Key(
                row.key.indicator,
                row.key.window,
                subject_type,
                subject_code,
                row.key.batch_code,
                row.key.year_no,
                row.key.group_code,
                row.key.product_code,
                row.key.category,
            )
            tally.add(key, row.numerator, row.denominator)
    return list(tally.rows())
