"""How figures, money and times are written for Chinese readers. `{% load formats %}`

A missing value is always 「—」, never 0 and never blank. Rounding is half up.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils import timezone

register = template.Library()

MISSING = "—"
WAN = Decimal(10_000)
YI = Decimal(100_000_000)
WEEKDAYS = "一二三四五六日"


def to_decimal(value: Any) -> Decimal | None:
    """None for what is missing or not a finite number."""
    if value is None or value == "":
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def rounded(value: Decimal, places: int) -> Decimal:
    # Added to zero: what rounds to nothing has no sign, never "-0".
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP) + 0


def to_local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def local_day(value: date | datetime) -> date:
    local = to_local(value)
    return local.date() if isinstance(local, datetime) else local


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """Thousands groups; as many decimals as needed up to 2, or exactly `places`."""
    amount = to_decimal(value)
    if amount is None:
        return MISSING
    if places is not None:
        return f"{rounded(amount, places):,f}"
    text = f"{rounded(amount, 2):,f}"
    return text.rstrip("0").rstrip(".")


@register.filter
def exact(value: Any) -> str:
    """Up to 6 decimals: shares and prices that the reader counts on with."""
    amount = to_decimal(value)
    if amount is None:
        return MISSING
    text = f"{rounded(amount, 6):,f}"
    return text.rstrip("0").rstrip(".")


@register.filter
def percent(value: Any, places: int = 1) -> str:
    """A ratio (1 is the whole) as a percentage: 0.632 → 63.2%."""
    amount = to_decimal(value)
    return MISSING if amount is None else f"{rounded(amount * 100, places):,f}%"


@register.filter
def points(value: Any, places: int = 1) -> str:
    """The difference of two ratios, signed, in percentage points: 0.012 → +1.2 个百分点."""
    amount = to_decimal(value)
    return MISSING if amount is None else f"{rounded(amount * 100, places):+,f} 个百分点"


@register.filter
def money(value: Any, places: int = 2) -> str:
    """Yuan with thousands groups and two decimals; the unit stands in the column head."""
    amount = to_decimal(value)
    return MISSING if amount is None else f"{rounded(amount, places):,f}"


@register.filter
def price(value: Any) -> str:
    """Yuan of one pack or unit: two decimals, or up to four where the price has them."""
    amount = to_decimal(value)
    if amount is None:
        return MISSING
    whole, _, places = f"{rounded(amount, 4):,f}".partition(".")
    return f"{whole}.{places.rstrip('0'):0<2}"


@register.filter
def money_short(value: Any) -> str:
    """Yuan with its unit, shortened: 9,800.00 元, 123.46 万元, 1.23 亿元."""
    amount = to_decimal(value)
    if amount is None:
        return MISSING
    if abs(amount) >= YI:
        return f"{rounded(amount / YI, 2):,f} 亿元"
    if abs(amount) >= WAN:
        return f"{rounded(amount / WAN, 2):,f} 万元"
    return f"{rounded(amount, 2):,f} 元"


@register.filter
def day(value: date | datetime | None) -> str:
    """2026-11-22, in the platform's time zone."""
    return f"{local_day(value):%Y-%m-%d}" if value else MISSING


@register.filter
def day_text(value: date | datetime | None) -> str:
    """2026年11月22日（星期日）."""
    if not value:
        return MISSING
    local = local_day(value)
    return f"{local.year}年{local.month}月{local.day}日（星期{WEEKDAYS[local.weekday()]}）"


@register.filter
def moment(value: datetime | None) -> str:
    """2026-11-22 11:30, in the platform's time zone."""
    return f"{to_local(value):%Y-%m-%d %H:%M}" if value else MISSING


@register.filter
def month_text(value: date | str | None) -> str:
    """2026年11月, from a date or `2026-11`."""
    if not value:
        return MISSING
    year, month = value.split("-")[:2] if isinstance(value, str) else (value.year, value.month)
    return f"{int(year)}年{int(month)}月"


@register.filter
def due(value: datetime | None) -> str:
    """Time left or overdue, in the largest fitting unit: 剩 2 天, 剩 5 小时, 超期 3 天."""
    if not value:
        return MISSING
    left = value - timezone.now()
    return f"剩 {span(left)}" if left >= timedelta(0) else f"超期 {span(-left)}"


@register.filter
def is_late(value: datetime | None) -> bool:
    return bool(value and value < timezone.now())


def span(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes >= 2 * 24 * 60:
        return f"{minutes // (24 * 60)} 天"
    if minutes >= 60:
        return f"{minutes // 60} 小时"
    return f"{max(minutes, 1)} 分钟"


@register.filter
def file_size(value: int | None) -> str:
    """Bytes as KB or MB, as the file manager shows them."""
    amount = to_decimal(value)
    if amount is None:
        return MISSING
    if amount >= 1024 * 1024:
        return f"{rounded(amount / (1024 * 1024), 1)} MB"
    return f"{max(rounded(amount / 1024, 0), Decimal(1))} KB"
