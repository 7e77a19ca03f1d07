"""States of a warning and the table of its transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class WarningState(models.TextChoices):
    OPEN = "open", "待签收"
    ACKNOWLEDGED = "acknowledged", "已签收"
    EXPLAINED = "explained", "已说明待核实"
    RETURNED = "returned", "退回补充"
    CLOSED = "closed", "已办结"
    RECOVERED = "recovered", "已恢复"


# Where somebody still has to act.
OPEN_STATES = frozenset({"open", "acknowledged", "explained", "returned"})
# Where the answering party has to act, and where the bureau has to.
ANSWERER_STATES = frozenset({"open", "acknowledged", "returned"})
BUREAU_STATES = frozenset({"explained"})

ANSWERER = "answerer"
BUREAU = "bureau"
MONTHLY_JOB = "monthly_job"

WARNING_MACHINE: StateMachine[Any] = StateMachine(
    name="warning",
    label="预警",
    transitions=(
        Transition(
            "acknowledge",
            "签收",
            frozenset({"open"}),
            "acknowledged",
            by=frozenset({ANSWERER}),
        ),
        Transition(
            "explain",
            "提交说明",
            frozenset({"open", "acknowledged", "returned"}),
            "explained",
            by=frozenset({ANSWERER}),
            needs=("explanation",),
        ),
        Transition(
            "close",
            "核实办结",
            frozenset({"explained"}),
            "closed",
            by=frozenset({BUREAU}),
            needs=("closing_note",),
        ),
        Transition(
            "return",
            "退回补充",
            frozenset({"explained"}),
            "returned",
            by=frozenset({BUREAU}),
            needs=("closing_note",),
        ),
        Transition("recover", "恢复", OPEN_STATES, "recovered", by=frozenset({MONTHLY_JOB})),
        # A closed warning whose figure got a severer colour needs an answer again.
        Transition(
            "reopen",
            "重新发出",
            frozenset({"closed"}),
            "open",
            by=frozenset({MONTHLY_JOB}),
        ),
    ),
    state_labels=dict(WarningState.choices),
    standing_labels={
        ANSWERER: "被预警单位",
        BUREAU: "所属医保局",
        MONTHLY_JOB: "月度任务",
    },
    input_labels={"explanation": "情况说明", "closing_note": "核实意见"},
)
