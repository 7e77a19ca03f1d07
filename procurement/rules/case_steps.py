"""Whose step it is, asked before anything that was typed is looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.transitions import ALLOWED, Verdict
from core.transitions.machine import StateMachine


def whose_step(
    machine: StateMachine[Any], verb: str, row: Any, standings: Iterable[str]
) -> Verdict:
    """ALLOWED for those with a standing of the step, in whatever state; else who does it."""
    held = frozenset(standings)
    step = machine.named(verb)
    return ALLOWED if step.by & held else machine.verdict(step, row, held)
