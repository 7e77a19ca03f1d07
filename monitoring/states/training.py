"""培训和年度会议 (赣2026 二(二)；赣2024 十一): kinds, whom they reach, the table of a record's transitions."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

TRAINING_CLAUSE = "赣2026 二（二）；赣医保字〔2024〕22号 十一"


class TrainingKind(models.TextChoices):
    POLICY = "policy", "政策培训"
    PLATFORM = "platform", "招采子系统操作培训"
    MEETING = "meeting", "年度会议"
    INTERNAL = "internal", "医疗机构内部培训"


class TrainingState(models.TextChoices):
    DRAFT = "draft", "登记中"
    HELD = "held", "已登记"


YEARLY_KINDS = (TrainingKind.POLICY, TrainingKind.PLATFORM)
"""What every bureau holds at least once a year."""
REMINDED_FROM_MONTH = 10
"""From October on a bureau that has not is asked (platform default)."""
TRAINING_LEVELS = {"draft": "yellow", "held": "green"}
AUTHOR = "training_author"

TRAINING_MACHINE: StateMachine[Any] = StateMachine(
    name="training",
    label="培训记录",
    transitions=(
        Transition(
            "record", "登记完成", frozenset({"draft"}), "held", by=frozenset({AUTHOR}),
            clause=TRAINING_CLAUSE,
        ),
        Transition(
            "recall", "更正", frozenset({"held"}), "draft", by=frozenset({AUTHOR}),
            needs=("note",), clause=TRAINING_CLAUSE,
        ),
    ),
    state_labels=dict(TrainingState.choices),
    standing_labels={AUTHOR: "组织单位的经办、审核或负责人"},
    input_labels={"note": "更正原因"},
)  # fmt: skip
