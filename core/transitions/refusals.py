"""Why a transition was not carried out; pages and API turn each into its own status."""

from __future__ import annotations

from core.transitions.verdict import Verdict


class Refusal(Exception):
    """Base of all; nothing was written."""

    status = 409

    def __init__(self, reason: str, clause: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.clause = clause

    @classmethod
    def of(cls, verdict: Verdict) -> Refusal:
        """The refusal that a rule's verdict asks for."""
        return cls(verdict.reason, verdict.clause)


class TransitionRefused(Refusal):
    """The object's state or a rule does not allow it (409)."""


class StaleVersion(Refusal):
    """Somebody changed the object since it was read (409)."""


class NotYours(Refusal):
    """The object may be seen, but this step belongs to somebody else (403)."""

    status = 403


class MissingInput(Refusal):
    """A field that the step needs is empty or wrong (400); `field` names it."""

    status = 400

    def __init__(self, field: str, reason: str, clause: str = "") -> None:
        super().__init__(reason, clause)
        self.field = field
