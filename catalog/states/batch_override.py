"""States of a dated change of a value that a batch sets itself."""

from __future__ import annotations

from typing import Any

from catalog.states.two_people import STANDING_LABELS, ProposalState, proposal_steps
from core.transitions import StateMachine

OVERRIDE_MACHINE: StateMachine[Any] = StateMachine(
    name="override_change",
    label="批次参数调整",
    transitions=proposal_steps(),
    state_labels=dict(ProposalState.choices),
    standing_labels=STANDING_LABELS,
    input_labels={"note": "原因"},
)
