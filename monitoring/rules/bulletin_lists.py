"""Which names a bulletin lists: the rule, its heading, and which measure is the worst."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NameList:
    """One list of names. `lowest` says that the smallest measure is the worst."""

    rule: str
    heading: str
    lowest: bool
    of_enterprises: bool = False


EXECUTION: tuple[NameList, ...] = (
    NameList("unsigned_agreement", "未按时签订协议", lowest=True),
    NameList("behind_schedule", "采购进度落后序时进度", lowest=True),
    NameList("selected_below_non_selected", "中选产品采购量低于非中选产品", lowest=False),
    NameList("non_selected_share", "非中选占比超过规定", lowest=False),
    NameList("substitute_growth", "可替代药品采购量超过上年", lowest=False),
    NameList("unreported_purchase", "未报量而大量采购", lowest=False),
    NameList("late_payment", "货款未按时结清", lowest=True),
    NameList("low_response", "订单响应率低于规定", lowest=True, of_enterprises=True),
    NameList("late_delivery", "配送及时率低于规定", lowest=True, of_enterprises=True),
    NameList("low_fulfilment", "供应配送率低于规定", lowest=True, of_enterprises=True),
)
LOW_ON_TIME = NameList(
    "quarter_on_time", "季度配送及时率低于规定", lowest=True, of_enterprises=True
)
ASSESSED = NameList("assessment_failed", "年度考核不合格", lowest=True)
"""Of the kept 年度考核: units of which a group failed; measured is the share of groups that passed."""
YEARLY: tuple[NameList, ...] = (ASSESSED, *(each for each in EXECUTION if each.of_enterprises))

LISTS: dict[str, tuple[NameList, ...]] = {
    "monthly": EXECUTION,
    "quarterly": EXECUTION,
    "yearly": YEARLY,
    "own": EXECUTION,
    "enterprise": (LOW_ON_TIME,),
}
BY_RULE = {each.rule: each for each in (*EXECUTION, LOW_ON_TIME, ASSESSED)}
"""A name is listed when its warning is orange or red: a yellow one is an early notice."""
ASSESSED_RATE = "assessment_pass_rate"
ASSESSED_LABEL = "年度考核合格率"
"""Frozen with a yearly bulletin beside the indicators: groups that passed ÷ groups assessed."""
