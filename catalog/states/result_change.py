"""Kinds and states of a change of a batch's result in mid-cycle."""

from __future__ import annotations

from typing import Any

from django.db import models

from catalog.states.two_people import STANDING_LABELS, ProposalState, proposal_steps
from core.transitions import StateMachine


class ResultKind(models.TextChoices):
    PRICE = "price", "中选价调整"
    CANCELLED = "cancelled", "取消中选"
    ADDED = "added", "增补规格"
    REGION = "region", "调整供应地区"


LEAVING = (ResultKind.CANCELLED, ResultKind.REGION)
"""After these a region is supplied no longer: its agreements follow."""

RESULT_MACHINE: StateMachine[Any] = StateMachine(
    name="result_change",
    label="中选结果变更",
    transitions=proposal_steps(),
    state_labels=dict(ProposalState.choices),
    standing_labels=STANDING_LABELS,
    input_labels={"note": "原因"},
)
