"""How one CSV file of the dataset is declared; the runner in interchange reads the declarations."""

from core.datasets.check import Check, at, at_child_or_parent, known
from core.datasets.column import (
    Column,
    Sign,
    choice,
    code,
    day,
    flag,
    instant,
    month,
    number,
    tags,
    text,
    whole,
)
from core.datasets.file import DatasetFile, Reference, refers

__all__ = [
    "Check",
    "Column",
    "DatasetFile",
    "Reference",
    "Sign",
    "at",
    "at_child_or_parent",
    "choice",
    "code",
    "day",
    "flag",
    "instant",
    "known",
    "month",
    "number",
    "refers",
    "tags",
    "text",
    "whole",
]
