"""Which quantity the budget is counted on: one module per variant, dated by its document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from settlement.formulas.retention import basis_min, basis_reported


@dataclass(frozen=True)
class Basis:
    """A variant: its function of (reported, used), what it says, since when and by which clause."""

    code: str
    label: str
    text: str
    clause: str
    since: date
    quantity: Callable[[Decimal, Decimal], Decimal]


BASES: dict[str, Basis] = {
    "min": Basis(
        "min", "以报量为基准，统筹考虑实际使用量", basis_min.TEXT, basis_min.CLAUSE, basis_min.SINCE,
        basis_min.basis_quantity,
    ),
    "reported": Basis(
        "reported", "以报量为基准", basis_reported.TEXT, basis_reported.CLAUSE,
        basis_reported.SINCE, basis_reported.basis_quantity,
    ),
}  # fmt: skip
