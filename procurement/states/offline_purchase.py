"""States of a purchase that was made off the platform: found, explained, judged."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "S1-三(四)7"


class OfflineState(models.TextChoices):
    ASKED = "asked", "待机构说明"
    SUBMITTED = "submitted", "待审核"
    ACCEPTED = "accepted", "原因成立"
    REFUSED = "refused", "原因不成立"


BUYER = "buyer"
JUDGE = "judge"

OFFLINE_MACHINE: StateMachine[Any] = StateMachine(
    name="offline_purchase",
    label="线下采购",
    transitions=(
        Transition(
            "explain", "说明原因", frozenset({"asked", "refused"}), "submitted",
            by=frozenset({BUYER}), needs=("reason",), clause=CLAUSE,
        ),
        Transition(
            "accept", "认定原因成立", frozenset({"submitted"}), "accepted",
            by=frozenset({JUDGE}), needs=("note",), clause=CLAUSE,
        ),
        Transition(
            "refuse", "认定原因不成立", frozenset({"submitted"}), "refused",
            by=frozenset({JUDGE}), needs=("note",), clause=CLAUSE,
        ),
    ),
    state_labels=dict(OfflineState.choices),
    standing_labels={BUYER: "采购的医疗机构", JUDGE: "医疗机构所属医保局"},
    input_labels={"reason": "线下采购的原因", "note": "审核意见"},
)  # fmt: skip

OFFLINE_LEVELS = {
    "asked": "orange", "submitted": "yellow", "accepted": "green", "refused": "red",
}  # fmt: skip
UNEXPLAINED = ("asked", "refused")
"""States in which no reason stands: the warning offline_purchase is open."""
