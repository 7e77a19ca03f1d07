"""线索 (赣2026 综合监管): kinds, and the table of transitions from found to answered by its receiver."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

LEAD_CLAUSE = "赣2026 综合监管（八）"
LEAD_ROLE = "leads"
"""线索查办: given by name to people of the province's bureau; no other role reads leads."""
RECEIVER_KINDS = ("discipline", "health_commission", "regulator")
LEADING_ROLES = ("reviewer", "leader")


class LeadKind(models.TextChoices):
    SURGE = "surge", "非中选或可替代产品短期激增"
    CONCENTRATION = "concentration", "采购集中于一家企业"
    KIT = "kit", "中选与非中选部件组套"
    REFUSAL = "refusal", "约定量完成后拒绝供应"
    SELECTIVE = "selective", "选择性配送"


class LeadState(models.TextChoices):
    FOUND = "found", "待核查"
    CONFIRMED = "confirmed", "核查属实"
    DISMISSED = "dismissed", "已排除"
    TRANSFERRED = "transferred", "已移交"
    ANSWERED = "answered", "已反馈"


LEAD_LEVELS = {
    "found": "orange", "confirmed": "red", "dismissed": "grey", "transferred": "blue",
    "answered": "green",
}  # fmt: skip
INVESTIGATOR, RECEIVER = "lead_investigator", "lead_receiver"
_OURS = frozenset({INVESTIGATOR})

LEAD_MACHINE: StateMachine[Any] = StateMachine(
    name="lead",
    label="线索",
    transitions=(
        Transition(
            "confirm", "核查属实", frozenset({"found"}), "confirmed", by=_OURS,
            needs=("check_note",), clause=LEAD_CLAUSE,
        ),
        Transition(
            "dismiss", "排除", frozenset({"found", "confirmed"}), "dismissed", by=_OURS,
            needs=("check_note",), clause=LEAD_CLAUSE,
        ),
        Transition(
            "reopen", "重新核查", frozenset({"dismissed"}), "found", by=_OURS,
            needs=("check_note",), clause=LEAD_CLAUSE,
        ),
        Transition(
            "transfer", "移交", frozenset({"confirmed"}), "transferred", by=_OURS,
            needs=("transfer_note",), clause=LEAD_CLAUSE,
        ),
        Transition(
            "answer", "反馈办理结果", frozenset({"transferred"}), "answered",
            by=frozenset({RECEIVER}), needs=("outcome",), clause=LEAD_CLAUSE,
        ),
    ),
    state_labels=dict(LeadState.choices),
    standing_labels={
        INVESTIGATOR: "省级医保局有“线索查办”角色的人员", RECEIVER: "接收单位的审核或负责人",
    },
    input_labels={
        "check_note": "核查意见", "transfer_note": "移交说明", "outcome": "办理结果",
    },
)  # fmt: skip
