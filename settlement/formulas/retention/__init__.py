"""结余留用: budget, spend, base, ratio and retained of one unit × group, rounded once at the end."""

from settlement.formulas.retention.figures import (
    Figures,
    Inputs,
    Terms,
    cents,
    retention,
)
from settlement.formulas.retention.lines import Line, explained
from settlement.formulas.retention.variants import BASES, Basis

__all__ = [
    "BASES",
    "Basis",
    "Figures",
    "Inputs",
    "Line",
    "Terms",
    "cents",
    "explained",
    "retention",
]
