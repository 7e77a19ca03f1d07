"""States of a request to take a ledger entry back: another person agrees or not."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "S4 三(二)"


class ReversalState(models.TextChoices):
    ASKED = "asked", "待另一人同意"
    DONE = "done", "已冲销"
    REFUSED = "refused", "未同意"


APPROVER = "approver"

REVERSAL_MACHINE: StateMachine[Any] = StateMachine(
    name="ledger_reversal",
    label="冲销申请",
    transitions=(
        Transition(
            "agree", "同意冲销", frozenset({"asked"}), "done", by=frozenset({APPROVER}),
            clause=CLAUSE,
        ),
        Transition(
            "refuse", "不同意冲销", frozenset({"asked"}), "refused", by=frozenset({APPROVER}),
            needs=("note",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(ReversalState.choices),
    standing_labels={APPROVER: "统筹区医保局申请人以外的审核人或负责人"},
    input_labels={"note": "意见"},
)  # fmt: skip

REVERSAL_LEVELS = {"asked": "orange", "done": "green", "refused": "grey"}
