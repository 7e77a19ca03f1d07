"""Who reports stock and capacity, until when, and when cover is short (赣2019 三(三))."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from core.transitions import ALLOWED, Verdict

CLAUSE = "国办发〔2019〕2号 三（三）"
OFFICERS = ("clerk", "reviewer", "leader")
DUE_DAY = 10
"""Of the month after (platform default: the document says 定期)."""
DEMAND_DAYS = 90
"""Orders of so many days make the daily demand (platform default)."""
SHORT_DAYS = 30
"""Cover under it is a shortage risk (platform default)."""


def reports_stock(*, is_manufacturer: bool, has_role: bool) -> Verdict:
    """The manufacturer, for its own products."""
    if not is_manufacturer:
        return Verdict(False, "库存和产能由生产企业报告", CLAUSE)
    if not has_role:
        return Verdict(False, "报告库存产能需要本企业的经办、审核或负责人角色", CLAUSE)
    return ALLOWED


def may_be_of(*, month: date, today: date) -> Verdict:
    """A month that has begun, not older than a year."""
    if month > today:
        return Verdict(False, f"{month:%Y-%m} 还没有开始，请填已开始的月份", CLAUSE)
    if (today - month).days > 366:
        return Verdict(False, f"{month:%Y-%m} 已超过一年，不再补报", CLAUSE)
    return ALLOWED


def month_before(day: date) -> date:
    """The first day of the month before the day's."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def due_on(month: date) -> date:
    """The last day on which the month's report is in time."""
    after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return after.replace(day=DUE_DAY)


def cover_days(*, stock: Decimal, demand: Decimal) -> Decimal | None:
    """For how many days `stock` packs last at `demand` packs of DEMAND_DAYS; None without demand."""
    return stock * DEMAND_DAYS / demand if demand > 0 else None


def is_short(days: Decimal | None) -> bool:
    return days is not None and days < SHORT_DAYS
