"""When an appeal is in time, what a notice needs, and how a share-out adds up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.transitions import ALLOWED, Verdict
from settlement.states.retention import CLAUSE, SHARE_OUT_CLAUSE


def appeal_in_time(*, due_on: date | None, today: date) -> Verdict:
    """The last working day counts to its end; then the result stands."""
    if due_on is not None and today > due_on:
        return Verdict(
            False, f"申诉截止日为 {due_on:%Y-%m-%d}，已经超过；确有错误的请联系统筹区医保局", CLAUSE
        )
    return ALLOWED


def may_notice(*, appealed: int, waiting: int, due_on: date | None, today: date) -> Verdict:
    """Appeals are decided, and who has not answered has no time left to."""
    if appealed:
        return Verdict(False, f"还有 {appealed} 件申诉没有复核：请先复核，再公示", CLAUSE)
    if waiting and due_on is not None and today <= due_on:
        return Verdict(
            False,
            f"还有 {waiting} 家机构没有确认，申诉期到 {due_on:%Y-%m-%d}：期满未申诉的视为无异议，届时可公示",
            CLAUSE,
        )
    return ALLOWED


def may_countersign(*, notice_to: date | None, today: date) -> Verdict:
    """After the last day of the notice."""
    if notice_to is not None and today <= notice_to:
        return Verdict(False, f"公示到 {notice_to:%Y-%m-%d} 结束，期满后才能会签", CLAUSE)
    return ALLOWED


def shared_whole(*, paid: Decimal, parts: Decimal, staff: Decimal, method: str) -> Verdict:
    """Σ of the uses is what was paid; the larger part goes to staff, or the method says why not."""
    if parts != paid:
        return Verdict(
            False, f"各项合计 {parts:,.2f} 元，应等于留用金额 {paid:,.2f} 元", SHARE_OUT_CLAUSE
        )
    if staff * 2 <= paid and len(method.strip()) < 20:
        return Verdict(
            False,
            "结余留用主要用于医务人员薪酬；用于薪酬不足一半的，请在分配办法中说明原因（不少于 20 字）",
            SHARE_OUT_CLAUSE,
        )
    return ALLOWED
