"""How figures are written: units, directions and texts of every indicator's numbers."""

from __future__ import annotations

from decimal import Decimal

from core.templatetags.formats import money, money_short, number, percent
from monitoring.indicators.registry import BY_CODE

IN_YUAN = frozenset(
    {
        "completion_amount_rate",
        "completion_capped_rate",
        "selected_amount_share",
        "fulfilment_rate",
        "payment_on_time_rate",
    }
)
IN_BASE_UNITS = frozenset(
    {
        "report_deviation",
        "completion_rate",
        "non_selected_share",
        "unreported_share",
        "substitute_ratio",
    }
)
COUNTED_IN = {
    "signing_rate": "行",
    "behind_schedule_rate": "个",
    "response_rate": "行",
    "on_time_rate": "行",
    "abnormal_order_rate": "行",
    "reply_on_time_rate": "件",
    "resolve_on_time_rate": "件",
    "receipt_overdue_rate": "笔",
}
LOWER_IS_BETTER = frozenset(
    {
        "behind_schedule_rate",
        "non_selected_share",
        "unreported_share",
        "substitute_ratio",
        "receipt_overdue_rate",
        "abnormal_order_rate",
    }
)
CATEGORIES = {"drug": "药品", "consumable": "医用耗材", "all": "药品和耗材"}
WINDOWS = {"month": "当月", "ytd": "年度累计"}


def label_of(indicator: str) -> str:
    """The indicator's Chinese name."""
    return BY_CODE[indicator].label if indicator in BY_CODE else indicator


def window_text(indicator: str, window: str) -> str:
    """当月, or which year it is that the figure adds up."""
    if window == "month":
        return "当月"
    known = BY_CODE.get(indicator)
    batch_only = known is not None and all(subject.has_batch for subject in known.subjects)
    return "采购年度累计" if batch_only else "年度累计"


def good_direction(indicator: str) -> str:
    """Which change is an improvement: `up` or `down`."""
    return "down" if indicator in LOWER_IS_BETTER else "up"


def part_unit(indicator: str, base_unit: str = "") -> str:
    """Unit of the numerator and denominator; that of the group for base quantities."""
    if indicator in IN_YUAN:
        return "元"
    if indicator in IN_BASE_UNITS:
        return base_unit or "计量单位"
    return COUNTED_IN.get(indicator, "")


def part_text(indicator: str, value: Decimal, base_unit: str = "") -> str:
    """A numerator or denominator, exact to the cent or to the fourth decimal, with its unit."""
    if indicator in IN_YUAN:
        return f"{money(value)} 元"
    return f"{plain(value)} {part_unit(indicator, base_unit)}".strip()


def part_short(indicator: str, value: Decimal, base_unit: str = "") -> str:
    """The same where room is short."""
    if indicator in IN_YUAN:
        return money_short(value)
    return f"{number(value)} {part_unit(indicator, base_unit)}".strip()


def plain(value: Decimal | None, places: int = 8) -> str:
    """A number with its thousands grouped and no zeros behind; — for none."""
    if value is None:
        return "—"
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_text(numerator: Decimal, denominator: Decimal, places: int = 2) -> str:
    """The ratio as a percentage; — where the denominator is 0."""
    return percent(ratio(numerator, denominator), places)


def ratio(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """None where there is no value: an empty value breaks no rule."""
    if numerator is None or not denominator:
        return None
    return numerator / denominator
