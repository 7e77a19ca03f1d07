"""A letter stands for one version of the figures: another version makes it void."""

from __future__ import annotations

from datetime import datetime

from core.audit.record import Actor
from volumes.models import CommitmentLetter, VolumeReport
from volumes.states.letter import FIGURES, LETTER_MACHINE


def void_letter(report: VolumeReport, *, reason: str, by: Actor, at: datetime) -> bool:
    """Void the standing letter of a report whose row the caller has locked; True if there was one."""
    letter = CommitmentLetter.objects.filter(report=report).exclude(state="void").first()
    if letter is None:
        return False
    row, _ = LETTER_MACHINE.perform(
        verb="void", obj=letter, by=by, at=at, standings=lambda held: {FIGURES}
    )
    row.void_reason = reason
    row.save(update_fields=["void_reason"])
    return True
