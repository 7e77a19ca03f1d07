"""States of a surge that a bureau opened for a group and a region."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 十四（五）"


class SurgeCaseState(models.TextChoices):
    OPEN = "open", "保障中"
    CLOSED = "closed", "已结束"


OPENER = "opener"

SURGE_CASE_MACHINE: StateMachine[Any] = StateMachine(
    name="surge_case",
    label="应急保障",
    transitions=(
        Transition(
            "close", "结束应急保障", frozenset({"open"}), "closed",
            by=frozenset({OPENER}), needs=("closing_note",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(SurgeCaseState.choices),
    standing_labels={OPENER: "启动的医保局或其上级医保局的经办、审核或负责人"},
    input_labels={"closing_note": "结束说明"},
)  # fmt: skip

SURGE_CASE_LEVELS = {"open": "orange", "closed": "grey"}
