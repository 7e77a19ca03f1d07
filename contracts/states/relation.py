"""States of a delivery relation (配送关系): pointed by the manufacturer, answered by the distributor."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保联发〔2019〕 三（三）"


class RelationState(models.TextChoices):
    POINTED = "pointed", "待配送企业确认"
    ACCEPTED = "accepted", "已确认"
    REFUSED = "refused", "已拒绝"
    WITHDRAWN = "withdrawn", "已撤回"
    ENDED = "ended", "已终止"
    REPLACED = "replaced", "已更换"


HOLDING = ("pointed", "accepted", "ended", "replaced")
"""States whose days count: an ended relation holds until its last day."""
DELIVERING = ("accepted", "ended", "replaced")
"""States in which the distributor delivers on the relation's days."""

MAKER = "maker"
CARRIER = "carrier"

RELATION_MACHINE: StateMachine[Any] = StateMachine(
    name="delivery_relation",
    label="配送关系",
    transitions=(
        Transition(
            "accept", "确认配送", frozenset({"pointed"}), "accepted",
            by=frozenset({CARRIER}), clause=CLAUSE,
        ),
        Transition(
            "refuse", "拒绝", frozenset({"pointed"}), "refused",
            by=frozenset({CARRIER}), needs=("refusal_reason",), clause=CLAUSE,
        ),
        Transition(
            "withdraw", "撤回", frozenset({"pointed"}), "withdrawn",
            by=frozenset({MAKER}), clause=CLAUSE,
        ),
        Transition(
            "end", "终止", frozenset({"accepted"}), "ended",
            by=frozenset({MAKER, CARRIER}), needs=("ending_reason",), clause=CLAUSE,
        ),
        Transition(
            "replace", "更换配送企业", frozenset({"accepted"}), "replaced",
            by=frozenset({MAKER}), needs=("ending_reason",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(RelationState.choices),
    standing_labels={MAKER: "生产企业", CARRIER: "被点选的配送企业"},
    input_labels={"refusal_reason": "拒绝原因", "ending_reason": "终止原因"},
)  # fmt: skip

RELATION_LEVELS = {
    "pointed": "yellow", "accepted": "green", "refused": "red", "withdrawn": "grey",
    "ended": "grey", "replaced": "grey",
}  # fmt: skip
