"""States of a monthly statement: who confirms, reviews, approves and pays it."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "S2-8.1"
REVIEW_CLAUSE = "S4 三(二)"
HOLD_CLAUSE = "S2-3.6"


class StatementState(models.TextChoices):
    DRAFTED = "drafted", "待企业确认"
    CONFIRMED = "confirmed", "待医疗机构核实"
    ANSWERED = "answered", "待审核"
    REVIEWED = "reviewed", "待批准"
    COUNTERSIGNED = "countersigned", "待第二人批准"
    APPROVED = "approved", "待付款"
    PART_PAID = "part_paid", "部分付款"
    PAID = "paid", "已付清"
    HELD = "held", "暂停结算"
    CLOSED = "closed", "无应付款，已办结"


class LineState(models.TextChoices):
    LIVE = "live", "计入本单"
    DISPUTED = "disputed", "有异议，移入下期"
    BLOCKED = "blocked", "追溯码不足，移入下期"
    UNANSWERED = "unanswered", "机构未答复，移入下期"


class CheckState(models.TextChoices):
    WAITING = "waiting", "待核实"
    CONFIRMED = "confirmed", "已核实"
    MISSED = "missed", "逾期未答复"


PAYEE = "payee"
INSTITUTION = "institution"
CLERK = "clerk"
APPROVER = "approver"
PAYER = "payer"
CLOCK = "clock"
_OPEN = frozenset({"drafted", "confirmed", "answered", "reviewed", "countersigned"})


def _row(
    verb: str, label: str, sources: set[str] | frozenset[str], target: str, by: str, *needs: str,
    clause: str = CLAUSE, or_clock: bool = False,
) -> Transition:  # fmt: skip
    who = frozenset({by, CLOCK}) if or_clock else frozenset({by})
    return Transition(verb, label, frozenset(sources), target, by=who, needs=needs, clause=clause)


STATEMENT_MACHINE: StateMachine[Any] = StateMachine(
    name="statement",
    label="结算单",
    transitions=(
        _row("confirm", "确认结算单", {"drafted"}, "confirmed", PAYEE),
        _row("answer", "核实本机构各行", {"confirmed"}, "answered", INSTITUTION, or_clock=True),
        _row("miss", "机构逾期未答复", {"confirmed"}, "answered", CLOCK),
        _row("review", "审核通过", {"answered"}, "reviewed", CLERK, clause=REVIEW_CLAUSE),
        _row("close", "办结（无应付款）", {"answered"}, "closed", CLERK, clause=REVIEW_CLAUSE, or_clock=True),
        _row("approve", "批准", {"reviewed"}, "approved", APPROVER, clause=REVIEW_CLAUSE),
        _row("approve_first", "批准（第一人）", {"reviewed"}, "countersigned", APPROVER,
             clause=REVIEW_CLAUSE),
        _row("approve_second", "批准（第二人）", {"countersigned"}, "approved", APPROVER,
             clause=REVIEW_CLAUSE),
        _row("return", "退回重新审核", {"reviewed", "countersigned"}, "answered", APPROVER,
             "return_reason", clause=REVIEW_CLAUSE),
        _row("accept", "形成应付", {"answered"}, "approved", CLOCK),
        _row("pay_part", "部分付款", {"approved", "part_paid"}, "part_paid", PAYER, or_clock=True),
        _row("pay", "付清", {"approved", "part_paid"}, "paid", PAYER, or_clock=True),
        _row("bounce", "银行退汇", {"part_paid", "paid"}, "approved", PAYER),
        _row("bounce_part", "银行退汇（部分款项）", {"part_paid", "paid"}, "part_paid", PAYER),
        _row("hold", "暂停结算", _OPEN, "held", CLOCK, clause=HOLD_CLAUSE),
        _row("release", "恢复结算", {"held"}, "drafted", CLOCK, clause=HOLD_CLAUSE),
    ),
    state_labels=dict(StatementState.choices),
    standing_labels={
        PAYEE: "收款企业", INSTITUTION: "收货的医疗机构", CLERK: "统筹区医保局经办",
        APPROVER: "统筹区医保局另一名审核人或负责人", PAYER: "付款单位", CLOCK: "平台",
    },
    input_labels={"return_reason": "退回原因"},
)  # fmt: skip

STATEMENT_LEVELS = {
    "drafted": "yellow", "confirmed": "yellow", "answered": "blue", "reviewed": "blue",
    "countersigned": "blue", "approved": "orange", "part_paid": "orange", "paid": "green",
    "held": "red", "closed": "grey",
}  # fmt: skip
APPROVED = ("approved", "part_paid", "paid")
"""States in which the entry of what is owed has been posted."""
OWED = ("approved", "part_paid")
