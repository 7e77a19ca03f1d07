"""Who may change the working-day calendar and the values of parameters, and from which day on."""

from __future__ import annotations

from datetime import date

from core.transitions import ALLOWED, Verdict

CALENDAR_ROLES = ("reviewer", "leader")
PROPOSING_ROLES = ("clerk", "reviewer", "leader")
CONFIRMING_ROLES = ("reviewer", "leader")
PAST_CLAUSE = "平台规则：调整参数不改变已结束的月份"


def uploads_calendar(*, is_province_bureau: bool, has_role: bool) -> Verdict:
    """The calendar binds all deadlines of the province: its bureau's reviewer or leader enters it."""
    if not is_province_bureau:
        return Verdict(False, "工作日历由省级医保局录入")
    if not has_role:
        return Verdict(False, "录入工作日历需要省级医保局的审核或负责人角色")
    return ALLOWED


def proposes_change(*, is_own_province_bureau: bool, has_role: bool) -> Verdict:
    """A policy's values are changed by the bureau of its province; a second person confirms."""
    if not is_own_province_bureau:
        return Verdict(False, "参数由政策所属省份的省级医保局调整")
    if not has_role:
        return Verdict(False, "调整参数需要省级医保局的经办、审核或负责人角色")
    return ALLOWED


def may_begin(valid_from: date, *, today: date) -> Verdict:
    """A value holds for whole months, and never for one that is over: those are as they were told."""
    if valid_from.day != 1:
        first = valid_from.replace(day=1)
        return Verdict(
            False,
            f"生效日须为月初（指标按月计算）：请改为 {first:%Y-%m-%d} 或下一个月的 1 日",
            PAST_CLAUSE,
        )
    open_from = today.replace(day=1)
    if valid_from < open_from:
        return Verdict(
            False,
            f"{valid_from:%Y 年 %m 月}已经结束，其预警和通报已按原取值作出，不能改动："
            f"请从 {open_from:%Y-%m-%d} 或以后的月初起生效",
            PAST_CLAUSE,
        )
    return ALLOWED


def may_revoke(valid_from: date, *, today: date) -> Verdict:
    """What is in force already ends by a new value, not by taking the old one back."""
    if valid_from <= today:
        return Verdict(
            False,
            f"该取值自 {valid_from:%Y-%m-%d} 起已经生效，不能撤销：请另行提出调整，从以后的月初起改变",
            PAST_CLAUSE,
        )
    return ALLOWED
