"""Who gives notice that a product cannot be supplied, who starts standby, and for which days."""

from __future__ import annotations

from datetime import date

from core.transitions import ALLOWED, Verdict
from procurement.states.standby import CLAUSE

OFFICERS = ("clerk", "reviewer", "leader")


def gives_notice(*, is_maker: bool, is_bureau: bool, has_role: bool) -> Verdict:
    """The product's manufacturer in writing, or a bureau that finds it."""
    if not is_maker and not is_bureau:
        return Verdict(False, "不能供应由该产品的生产企业书面报告，或由医保部门发现后登记", CLAUSE)
    if not has_role:
        return Verdict(False, "报告不能供应需要本单位的经办、审核或负责人角色", CLAUSE)
    return ALLOWED


def may_start_on(*, starts_on: date, unable_from: date, batch_ends_on: date) -> Verdict:
    """From the day on which supply fails at the earliest, within the batch's cycle."""
    if starts_on < unable_from:
        return Verdict(False, f"启动日不能早于不能供应的日期 {unable_from:%Y-%m-%d}", CLAUSE)
    if starts_on > batch_ends_on:
        return Verdict(False, f"启动日在批次周期之外（周期截止 {batch_ends_on:%Y-%m-%d}）", CLAUSE)
    return ALLOWED


def may_end_on(*, ends_on: date, starts_on: date, today: date) -> Verdict:
    """Not in the past: what was bought until now was bought in good faith."""
    earliest = max(starts_on, today)
    if ends_on < earliest:
        return Verdict(
            False,
            f"结束日不能早于 {earliest:%Y-%m-%d}：此前按备供采购的已计入，不追溯取消",
            CLAUSE,
        )
    return ALLOWED
