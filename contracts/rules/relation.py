"""Who points and answers delivery relations, and which days they may have."""

from __future__ import annotations

from datetime import date

from core.transitions import ALLOWED, Verdict

CLAUSE = "赣医保联发〔2019〕 三（三）"
OFFICERS = ("clerk", "reviewer", "leader")
MOST_ROWS = 2_000
"""Pointed at once; more in several files."""


def points(*, is_manufacturer: bool, has_role: bool) -> Verdict:
    """A manufacturer for its own products."""
    if not is_manufacturer:
        return Verdict(False, "配送企业由生产企业点选", CLAUSE)
    if not has_role:
        return Verdict(False, "点选配送企业需要本企业的经办、审核或负责人角色", CLAUSE)
    return ALLOWED


def days_fault(valid_from: date, valid_until: date | None, today: date) -> tuple[str, str] | None:
    """(field, what is wrong) of the days [from, until); None where they are fine."""
    if valid_from < today:
        return "valid_from", f"生效日期不能早于今天（{today:%Y-%m-%d}）"
    if valid_until is not None and valid_until <= valid_from:
        return "valid_until", "终止日期应晚于生效日期（终止日当天不再配送）"
    return None


def ends_rightly(*, ends: date, valid_from: date, valid_until: date | None, today: date) -> Verdict:
    """`ends` is the first day without it: not in the past, not before it began, not after its end."""
    if ends < today:
        return Verdict(False, f"终止日期不能早于今天（{today:%Y-%m-%d}）", CLAUSE)
    if ends < valid_from:
        return Verdict(False, f"终止日期不能早于生效日期（{valid_from:%Y-%m-%d}）", CLAUSE)
    if valid_until is not None and ends > valid_until:
        return Verdict(
            False, f"这一关系本来到 {valid_until:%Y-%m-%d} 为止，终止日期不能更晚", CLAUSE
        )
    return ALLOWED


def stage_words(state: str, valid_from: date, valid_until: date | None, on: date) -> str:
    """What a relation is on a day, in words; its state alone does not say whether it delivers."""
    if state == "pointed":
        return "待配送企业确认"
    if state in ("refused", "withdrawn"):
        return {"refused": "已拒绝", "withdrawn": "已撤回"}[state]
    if valid_until is not None and on >= valid_until:
        return {"ended": "已终止", "replaced": "已更换"}.get(state, "已到期")
    if on < valid_from:
        return "未到生效日"
    return "生效中" if valid_until is None or state == "accepted" else "生效中（将终止）"


STAGE_LEVELS = {
    "待配送企业确认": "yellow", "已拒绝": "red", "已撤回": "grey", "已终止": "grey",
    "已更换": "grey", "已到期": "grey", "未到生效日": "blue", "生效中": "green",
    "生效中（将终止）": "green",
}  # fmt: skip
