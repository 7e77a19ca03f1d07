"""States of an edition of the list of substitutes or of the conversion factors."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition


class EditionState(models.TextChoices):
    PROPOSED = "proposed", "待发布"
    PUBLISHED = "published", "已发布"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


PROPOSER = "proposer"
PUBLISHER = "publisher"

EDITION_MACHINE: StateMachine[Any] = StateMachine(
    name="catalogue_edition",
    label="目录版次",
    transitions=(
        Transition(
            "publish", "核对发布", frozenset({"proposed"}), "published", by=frozenset({PUBLISHER})
        ),
        Transition(
            "return", "退回", frozenset({"proposed"}), "returned",
            by=frozenset({PUBLISHER}), needs=("note",),
        ),
        Transition(
            "withdraw", "撤回", frozenset({"proposed"}), "withdrawn", by=frozenset({PROPOSER})
        ),
    ),
    state_labels=dict(EditionState.choices),
    standing_labels={
        PROPOSER: "提出人",
        PUBLISHER: "提出人以外的省级医保局审核或负责人",
    },
    input_labels={"note": "退回原因"},
)  # fmt: skip

EDITION_LEVELS = {
    "proposed": "yellow",
    "published": "green",
    "returned": "orange",
    "withdrawn": "grey",
}
