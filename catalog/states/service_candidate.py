"""States of a service whose price is to be looked at, and the table of its transitions (S2-9)."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

SEPARATE_CLAUSE = "S2-9.1"
ELIGIBILITY_CLAUSE = "S2-9.2"
INCLUDED_CLAUSE = "S2-9.3"


class ServicePriceKind(models.TextChoices):
    IN_FORCE = "in_force", "现行价格"
    NEIGHBOURS = "neighbours", "周边中位价"
    NATIONAL = "national", "全国中位价"


class CandidateGround(models.TextChoices):
    SEPARATE = "separate", "项目外收费耗材集采降价"
    INCLUDED = "included", "项目内耗材成本变化"


class AdjustingWay(models.TextChoices):
    ANNUAL = "annual", "纳入当年调价评估"
    SPECIAL = "special", "专项调整"
    DYNAMIC = "dynamic", "动态调整"


class CandidateState(models.TextChoices):
    LISTED = "listed", "待评估"
    EVALUATING = "evaluating", "评估中"
    ADJUSTED = "adjusted", "已调整"
    DECLINED = "declined", "不予调整"


CANDIDATE_LEVELS = {
    "listed": "yellow", "evaluating": "blue", "adjusted": "green", "declined": "grey",
}  # fmt: skip

EVALUATOR = "evaluator"
DECIDER = "decider"

CANDIDATE_MACHINE: StateMachine[Any] = StateMachine(
    name="service_candidate",
    label="调价候选",
    transitions=(
        Transition(
            "evaluate", "开始评估", frozenset({"listed"}), "evaluating",
            by=frozenset({EVALUATOR}), needs=("way", "opinion"), clause=SEPARATE_CLAUSE,
        ),
        Transition(
            "adjust", "调整价格", frozenset({"evaluating"}), "adjusted",
            by=frozenset({DECIDER}), needs=("opinion",), clause=SEPARATE_CLAUSE,
        ),
        Transition(
            "decline", "不予调整", frozenset({"listed", "evaluating"}), "declined",
            by=frozenset({DECIDER}), needs=("reason",), clause=SEPARATE_CLAUSE,
        ),
    ),
    state_labels=dict(CandidateState.choices),
    standing_labels={
        EVALUATOR: "该地区医保局的经办、审核或负责人",
        DECIDER: "该地区医保局的审核或负责人",
    },
    input_labels={"way": "评估方式", "opinion": "评估意见", "reason": "不予调整原因"},
)  # fmt: skip
