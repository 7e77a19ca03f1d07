"""How a figure stands against its limit, in words and a level, as the warning rules would see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.templatetags.formats import percent
from monitoring.queries.figure_terms import GAPS, LIMITS, SCHEDULED, Terms

HALF = Decimal("0.5")
COMPLETE = {"signing_rate": "未签齐", "payment_on_time_rate": "有逾期"}
"""Anything under 100% is a shortfall."""


@dataclass(frozen=True)
class Judgement:
    """level and text are empty where nothing is wrong; threshold says what the limit is."""

    level: str = ""
    text: str = ""
    threshold: str = ""
    limit: Decimal | None = None
    clause: str = ""


def parameters_of_judgement(indicators: Iterable[str]) -> set[str]:
    """The policy parameters that judging these indicators needs."""
    wanted = set(indicators)
    keys = {key for indicator, key in LIMITS.items() if indicator in wanted}
    return keys | (set(GAPS) if wanted & SCHEDULED else set())


def judge(
    indicator: str,
    value: Decimal | None,
    *,
    on: date,
    terms: Terms,
    batch_code: str = "",
    province_code: str = "",
    due: Decimal | None = None,
    assessed: bool = True,
) -> Judgement:
    """Hold a value against 序时进度 (`due`), against 100%, 0, or the parameter in force.

    An empty value breaks no rule, nor does one that is not assessed.
    """
    if indicator in SCHEDULED:
        found = _against_schedule(value, due, on, terms, batch_code, province_code)
    elif indicator in COMPLETE:
        short = value is not None and value < 1
        found = Judgement(
            "orange" if short else "", COMPLETE[indicator] if short else "", "应 100%", Decimal(1)
        )
    elif indicator == "receipt_overdue_rate":
        some = value is not None and value > 0
        found = Judgement("yellow" if some else "", "有逾期" if some else "", "应为 0", Decimal(0))
    elif indicator in LIMITS:
        found = _against_limit(indicator, value, on, terms, batch_code, province_code)
    else:
        found = Judgement()
    if assessed:
        return found
    return Judgement("", "", found.threshold, found.limit, found.clause)


def _against_schedule(
    value: Decimal | None,
    due: Decimal | None,
    on: date,
    terms: Terms,
    batch_code: str,
    province_code: str,
) -> Judgement:
    if due is None:
        return Judgement()
    threshold = f"序时进度 {percent(due)}"
    if value is None or value >= due:
        return Judgement(threshold=threshold, limit=due)
    gap = due - value
    orange, red = (
        terms.limit(key, on, batch_code=batch_code, province_code=province_code) for key in GAPS
    )
    level = "yellow"
    if due >= 1 or (red is not None and gap > red.number):
        level = "red"
    elif orange is not None and gap > orange.number:
        level = "orange"
    return Judgement(level, "低于序时", threshold, due)


def _against_limit(
    indicator: str,
    value: Decimal | None,
    on: date,
    terms: Terms,
    batch_code: str,
    province_code: str,
) -> Judgement:
    key = LIMITS[indicator]
    limit = terms.limit(key, on, batch_code=batch_code, province_code=province_code)
    if indicator == "non_selected_share" and value is not None and value > HALF:
        shown = f"上限 {percent(limit.number, 0)}" if limit else ""
        return Judgement("red", "超过一半", shown, limit.number if limit else None)
    if limit is None:
        return Judgement()
    number, is_floor = limit.number, key.endswith("_min")
    threshold = f"{'下限' if is_floor else '上限'} {short_percent(number)}"
    broken = value is not None and (value < number if is_floor else value > number)
    text = f"{'低于' if is_floor else '超过'} {short_percent(number)}" if broken else ""
    return Judgement("orange" if broken else "", text, threshold, number, limit.clause)


def short_percent(value: Decimal) -> str:
    """A limit as it is written in the texts: 95%, 12.5%."""
    text = percent(value, 2)[:-1].rstrip("0").rstrip(".")
    return f"{text}%"
