"""When the round of 进院 checks of an agreement year is under way (S2-2.4)."""

from __future__ import annotations

from datetime import date


def month_of_execution(starts_on: date, on: date) -> int:
    """Which month of execution a day is in; the month of starts_on itself is the first."""
    return (on.year - starts_on.year) * 12 + on.month - starts_on.month + 1


def is_due(starts_on: date, ends_on: date, first_month: int, on: date) -> bool:
    """Whether the year is under way and has come to the month from which checks are made."""
    return starts_on <= on <= ends_on and month_of_execution(starts_on, on) >= first_month
