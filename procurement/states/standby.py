"""States of a case in which a selected product cannot be supplied and another stands in."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 十五"
COUNTS_CLAUSE = "赣医保字〔2024〕22号 十四（五）"


class StandbyState(models.TextChoices):
    SUBMITTED = "submitted", "待省级受理"
    IN_FORCE = "in_force", "备供已启动"
    ENDED = "ended", "已结束"
    REFUSED = "refused", "不予启动"
    WITHDRAWN = "withdrawn", "已撤回"


PROVINCE = "province"
GIVER = "giver"

STANDBY_MACHINE: StateMachine[Any] = StateMachine(
    name="standby_case",
    label="备供启动",
    transitions=(
        Transition(
            "start", "受理并启动备供", frozenset({"submitted"}), "in_force",
            by=frozenset({PROVINCE}), needs=("note",), clause=CLAUSE,
        ),
        Transition(
            "refuse", "不予启动", frozenset({"submitted"}), "refused",
            by=frozenset({PROVINCE}), needs=("note",), clause=CLAUSE,
        ),
        Transition(
            "withdraw", "撤回", frozenset({"submitted"}), "withdrawn",
            by=frozenset({GIVER}), needs=("closing_note",), clause=CLAUSE,
        ),
        Transition(
            "end", "结束备供", frozenset({"in_force"}), "ended",
            by=frozenset({PROVINCE}), needs=("closing_note",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(StandbyState.choices),
    standing_labels={PROVINCE: "省级医保局的经办、审核或负责人", GIVER: "提交的单位"},
    input_labels={"note": "办理意见", "closing_note": "原因或恢复供应的情况"},
)  # fmt: skip

STANDBY_LEVELS = {
    "submitted": "yellow", "in_force": "orange", "ended": "green", "refused": "grey",
    "withdrawn": "grey",
}  # fmt: skip
