"""State machines as tables, and the one executor that carries a transition out."""

from core.transitions.machine import MACHINES, Offer, StateMachine, Transition
from core.transitions.refusals import (
    MissingInput,
    NotYours,
    Refusal,
    StaleVersion,
    TransitionRefused,
)
from core.transitions.verdict import ALLOWED, Verdict

__all__ = [
    "ALLOWED",
    "MACHINES",
    "MissingInput",
    "NotYours",
    "Offer",
    "Refusal",
    "StaleVersion",
    "StateMachine",
    "Transition",
    "TransitionRefused",
    "Verdict",
]
