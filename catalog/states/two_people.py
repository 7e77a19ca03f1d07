"""Steps of what one person proposes and another confirms; the catalogue has several of the kind."""

from __future__ import annotations

from django.db import models

from core.transitions import Transition

PROPOSER = "proposer"
CONFIRMER = "confirmer"
STANDING_LABELS = {
    PROPOSER: "提出人",
    CONFIRMER: "提出人以外的省级医保局审核或负责人",
}


class ProposalState(models.TextChoices):
    PROPOSED = "proposed", "待确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
    REVOKED = "revoked", "已撤销"


LEVELS = {
    "proposed": "yellow",
    "confirmed": "green",
    "returned": "orange",
    "withdrawn": "grey",
    "revoked": "grey",
}


def proposal_steps(clause: str = "") -> tuple[Transition, ...]:
    """Confirmed or sent back by another, withdrawn by its proposer, revoked before its day."""
    proposed = frozenset({"proposed"})
    return (
        Transition(
            "confirm", "确认生效", proposed, "confirmed", by=frozenset({CONFIRMER}), clause=clause
        ),
        Transition(
            "return", "退回", proposed, "returned", by=frozenset({CONFIRMER}), needs=("note",)
        ),
        Transition("withdraw", "撤回", proposed, "withdrawn", by=frozenset({PROPOSER})),
        Transition(
            "revoke", "撤销", frozenset({"confirmed"}), "revoked",
            by=frozenset({PROPOSER, CONFIRMER}), needs=("note",),
        ),
    )  # fmt: skip
