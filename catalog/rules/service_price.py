"""Who keeps service items and prices, who may charge an adjusted one first, and what is looked at (S2-9)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from catalog.states.service_candidate import (
    ELIGIBILITY_CLAUSE,
    INCLUDED_CLAUSE,
    SEPARATE_CLAUSE,
    AdjustingWay,
    CandidateGround,
)
from core.transitions.verdict import ALLOWED, Verdict

KEEPING_ROLES = ("clerk", "reviewer", "leader")
DECIDING_ROLES = ("reviewer", "leader")
PRICING_LEVELS = ("province", "city")


def keeps_items(*, is_province_bureau: bool, has_role: bool) -> Verdict:
    """The list of items is the province's."""
    if not is_province_bureau:
        return Verdict(False, "服务项目目录由省级医保局维护", SEPARATE_CLAUSE)
    return ALLOWED if has_role else Verdict(False, "需要经办、审核或负责人角色", SEPARATE_CLAUSE)


def keeps_prices(*, is_bureau: bool, level: str, has_role: bool) -> Verdict:
    """The province's bureau for the province, a city's for its city."""
    if not is_bureau or level not in PRICING_LEVELS:
        return Verdict(False, "服务价格由省级、设区市医保局按各自权限维护", SEPARATE_CLAUSE)
    return ALLOWED if has_role else Verdict(False, "需要经办、审核或负责人角色", SEPARATE_CLAUSE)


def below_median(price: Decimal, neighbours: Decimal | None, national: Decimal | None) -> bool:
    """现行价格低于周边地区或全国中位价格: lower than either that is known (S2-9.1)."""
    return any(price < median for median in (neighbours, national) if median is not None)


def is_candidate(ground: str, change: Decimal) -> bool:
    """Separately charged: its consumables became cheaper; contained: their cost changed."""
    return change < 0 if ground == CandidateGround.SEPARATE else change != 0


def may_be_evaluated(ground: str, way: str) -> Verdict:
    """Each ground has its own ways."""
    if way not in AdjustingWay.values:
        return Verdict(False, "请选择评估方式")
    if (ground == CandidateGround.INCLUDED) != (way == AdjustingWay.DYNAMIC):
        if ground == CandidateGround.INCLUDED:
            return Verdict(False, "耗材含在项目价格内的，按成本变化动态调整", INCLUDED_CLAUSE)
        reason = "耗材单独收费的，纳入当年调价评估；必要时专项调整"
        return Verdict(False, reason, SEPARATE_CLAUSE)
    return ALLOWED


def may_hold_back(*, held_back: bool, deferred_from: date | None, valid_from: date) -> Verdict:
    """A day for those who wait needs that some wait, and lies after the others' day."""
    if deferred_from is None:
        return ALLOWED
    if not held_back:
        return Verdict(False, "没有勾选差别执行，不填暂缓机构起始日", ELIGIBILITY_CLAUSE)
    if deferred_from <= valid_from:
        return Verdict(False, "暂缓机构的起始日应晚于优先执行的起始日", ELIGIBILITY_CLAUSE)
    return ALLOWED
