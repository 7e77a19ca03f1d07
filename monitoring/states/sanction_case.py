"""惩戒案件: 取消中选资格, 信用评价, 按采购文件惩戒 as one family of case (S2-2.3, 3.6, 15.5, 15.6)."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition
from monitoring.states.action_kinds import OFFICERS

SANCTION_CLAUSE = "赣医保字〔2024〕22号 二、三、十五"
STATEMENT_WORKDAYS = 5
"""Least time for the statement, in working days (platform's rule; no clause gives one)."""
DECIDING_ROLES = ("reviewer", "leader")
DRAFTING_ROLES = OFFICERS


class SanctionKind(models.TextChoices):
    CANCEL = "cancel", "取消中选资格"
    CREDIT = "credit", "信用评价"
    PENALTY = "penalty", "按采购文件惩戒"


class SanctionState(models.TextChoices):
    DRAFTED = "drafted", "立案核实"
    NOTICED = "noticed", "已告知"
    STATED = "stated", "已陈述申辩"
    DECIDED = "decided", "已决定待生效"
    IN_EFFECT = "in_effect", "执行中"
    REPAIRING = "repairing", "申请修复"
    REPAIRED = "repaired", "已修复"
    EXPIRED = "expired", "期满"
    REVOKED = "revoked", "已撤销"
    DISMISSED = "dismissed", "不予惩戒"


HANDLER, DECIDER, SUBJECT, CLOCK = "handler", "decider", "subject", "clock"
STANDS = frozenset({"decided", "in_effect", "repairing"})
"""The decision holds: it takes effect on its day and stops orders while it lasts."""
RUNNING = frozenset({"drafted", "noticed", "stated", "decided", "in_effect", "repairing"})
STATE_LEVELS = {
    "drafted": "grey", "noticed": "orange", "stated": "blue", "decided": "orange",
    "in_effect": "red", "repairing": "blue", "repaired": "green", "expired": "grey",
    "revoked": "grey", "dismissed": "grey",
}  # fmt: skip

SANCTION_MACHINE: StateMachine[Any] = StateMachine(
    name="sanction_case",
    label="惩戒案件",
    transitions=(
        Transition(
            "notify", "告知", frozenset({"drafted"}), "noticed",
            by=frozenset({HANDLER}), needs=("proposal",), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "drop", "撤销立案", frozenset({"drafted"}), "dismissed",
            by=frozenset({HANDLER}), needs=("note",), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "state", "提交陈述申辩", frozenset({"noticed"}), "stated",
            by=frozenset({SUBJECT}), needs=("statement",), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "decide", "作出决定", frozenset({"noticed", "stated"}), "decided",
            by=frozenset({DECIDER}), needs=("decision",), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "dismiss", "不予惩戒", frozenset({"noticed", "stated"}), "dismissed",
            by=frozenset({DECIDER}), needs=("note",), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "enact", "生效", frozenset({"decided"}), "in_effect",
            by=frozenset({CLOCK}), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "ask_repair", "申请修复", frozenset({"in_effect"}), "repairing",
            by=frozenset({SUBJECT}), needs=("repair",), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "grant_repair", "准予修复", frozenset({"repairing"}), "repaired",
            by=frozenset({DECIDER}), needs=("note",), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "refuse_repair", "不予修复", frozenset({"repairing"}), "in_effect",
            by=frozenset({DECIDER}), needs=("note",), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "expire", "期满", frozenset({"in_effect", "repairing"}), "expired",
            by=frozenset({CLOCK}), clause=SANCTION_CLAUSE,
        ),
        Transition(
            "revoke", "撤销决定", STANDS, "revoked",
            by=frozenset({DECIDER}), needs=("note",), clause=SANCTION_CLAUSE,
        ),
    ),
    state_labels=dict(SanctionState.choices),
    standing_labels={
        HANDLER: "立案的省级医保局的经办、审核或负责人",
        DECIDER: "立案人以外的审核或负责人",
        SUBJECT: "当事企业", CLOCK: "平台",
    },
    input_labels={
        "proposal": "拟处理意见", "statement": "陈述申辩意见", "decision": "决定内容",
        "repair": "整改和修复情况", "note": "意见",
    },
)  # fmt: skip
