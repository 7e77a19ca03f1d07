"""Months as people write them, and which of them have been computed."""

from __future__ import annotations

import re
from datetime import date

from monitoring.models import ComputedMonth

MONTH = re.compile(r"[0-9]{4}-[0-9]{2}", re.ASCII)


class MalformedMonth(ValueError):
    """A text that is no month; the message says how to write one."""


def parse_month(text: str) -> date:
    """First day of the month written as YYYY-MM. Raises MalformedMonth in Chinese."""
    if MONTH.fullmatch(text):
        year, month = int(text[:4]), int(text[5:])
        if 1 <= month <= 12 and 2000 <= year <= 2099:
            return date(year, month, 1)
    raise MalformedMonth(
        f"“{text}”不是月份，请写成四位年份-两位月份，例如 2026-03（2000 至 2099 年）"
    )


def is_computed(month: date) -> bool:
    """Whether the figures of the month have been computed (there may be none)."""
    return ComputedMonth.objects.filter(month=month).exists()
