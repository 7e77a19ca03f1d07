"""The day on which a test runs: asked for when it runs, never when its module is read.

A run that is under way at midnight in Shanghai has two days; a constant of a module would be
yesterday for all tests after it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from core.workdays.deadlines import SHANGHAI


def today() -> date:
    return timezone.localdate()


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


def morning() -> datetime:
    """Ten o'clock of today: the same moment all day long."""
    return datetime.combine(today(), datetime.min.time(), tzinfo=SHANGHAI) + timedelta(hours=10)


def dated(values: dict[str, Any]) -> dict[str, Any]:
    """`values` of a table of cases, in which a timedelta stands for the day that far from today."""
    return {
        name: today() + value if isinstance(value, timedelta) else value
        for name, value in values.items()
    }
