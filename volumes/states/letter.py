"""承诺函: made from a version of the figures, signed, void when they change."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

SIGNER, FIGURES = "signer", "figures"
CLAUSE = "赣2026 报量"


class LetterState(models.TextChoices):
    MADE = "made", "待签署"
    SIGNED = "signed", "已签署"
    VOID = "void", "已失效"


class LetterKind(models.TextChoices):
    ELECTRONIC = "electronic", "电子签署"
    SCANNED = "scanned", "签字盖章扫描件"


class SignerPost(models.TextChoices):
    PRESIDENT = "president", "院长"
    PARTY_SECRETARY = "party_secretary", "党委书记"


LEVELS = {"made": "yellow", "signed": "green", "void": "grey"}

LETTER_MACHINE: StateMachine[Any] = StateMachine(
    name="commitment_letter",
    label="承诺函",
    transitions=(
        Transition(
            "sign", "签署", frozenset({"made"}), "signed", by=frozenset({SIGNER}), clause=CLAUSE
        ),
        Transition(
            "void", "失效", frozenset({"made", "signed"}), "void", by=frozenset({FIGURES}),
            clause=CLAUSE,
        ),
    ),
    state_labels=dict(LetterState.choices),
    standing_labels={SIGNER: "填报单位的经办、审核或负责人", FIGURES: "平台（数字已变动）"},
)  # fmt: skip
