"""States of a 议价 of a non-selected product between an institution and its manufacturer."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.transitions import StateMachine, Transition

CLAUSE = "赣医保字〔2024〕22号 十"


class NegotiationState(models.TextChoices):
    OPEN = "open", "议价中"
    AGREED = "agreed", "已达成"
    ENDED = "ended", "已终止"


INSTITUTION = "institution"
MANUFACTURER = "manufacturer"
SIDES = frozenset({INSTITUTION, MANUFACTURER})
ANSWERS = "answers"
"""Whoever did not make the last offer: only that side can accept it."""

NEGOTIATION_MACHINE: StateMachine[Any] = StateMachine(
    name="negotiation",
    label="议价",
    transitions=(
        Transition("accept", "接受报价", frozenset({"open"}), "agreed",
                   by=frozenset({ANSWERS}), clause=CLAUSE),
        Transition("end", "终止", frozenset({"open", "agreed"}), "ended", by=SIDES,
                   needs=("end_reason",), clause=CLAUSE),
    ),
    state_labels=dict(NegotiationState.choices),
    standing_labels={
        INSTITUTION: "议价的医疗机构的经办、审核人员或负责人",
        MANUFACTURER: "产品的生产企业的经办、审核人员或负责人",
        ANSWERS: "收到报价的一方",
    },
    input_labels={"end_reason": "终止原因"},
)  # fmt: skip

NEGOTIATION_LEVELS = {"open": "yellow", "agreed": "green", "ended": "grey"}
