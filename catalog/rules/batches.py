"""Who may make and change batches, and from which day on."""

from __future__ import annotations

from datetime import date

from core.transitions import ALLOWED, Verdict

PROPOSING_ROLES = ("clerk", "reviewer", "leader")
CONFIRMING_ROLES = ("reviewer", "leader")
PAST_CLAUSE = "平台规则：已结束的月份不因调整而改变"


def changes_batches(*, is_own_province_bureau: bool, has_role: bool) -> Verdict:
    """Batches are kept by the bureau of their province; a second person confirms."""
    if not is_own_province_bureau:
        return Verdict(False, "批次由其适用政策所属省份的省级医保局维护")
    if not has_role:
        return Verdict(False, "维护批次需要省级医保局的经办、审核或负责人角色")
    return ALLOWED


def within_cycle(valid_from: date, *, effective_on: date, ends_on: date) -> Verdict:
    """A value of a batch begins within the batch's cycle, in the month of its start at the earliest."""
    if valid_from < effective_on.replace(day=1):
        return Verdict(
            False, f"生效日不能早于批次执行的月份：批次自 {effective_on:%Y-%m-%d} 起执行"
        )
    if valid_from > ends_on:
        return Verdict(False, f"生效日不能晚于批次的周期截止 {ends_on:%Y-%m-%d}")
    return ALLOWED


def result_may_change(day: date, *, today: date, effective_on: date, ends_on: date) -> Verdict:
    """A result changes within the cycle, after its first day, and never in a month that is over."""
    open_from = today.replace(day=1)
    if day < open_from:
        return Verdict(
            False,
            f"{day:%Y 年 %m 月}已经结束，其指标和通报已按原结果作出，不能改动："
            f"请从 {open_from:%Y-%m-%d} 或以后的日期起生效",
            PAST_CLAUSE,
        )
    if day <= effective_on:
        return Verdict(
            False,
            f"批次自 {effective_on:%Y-%m-%d} 起执行，变更须在执行之后生效："
            f"请改为 {effective_on:%Y-%m-%d} 以后的日期",
        )
    if day > ends_on:
        return Verdict(False, f"批次周期截止 {ends_on:%Y-%m-%d}，变更须在截止之前生效")
    return ALLOWED
