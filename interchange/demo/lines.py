"""An order line as it was sent, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from interchange.demo.batches import Batch
from interchange.demo.demand import Stream
from interchange.demo.enterprises import Enterprise
from interchange.demo.institutions import Institution


@dataclass(frozen=True, slots=True)
class Head:
    """One order: who sent it to whom, and when."""

    number: str
    institution: Institution
    distributor: Enterprise
    sent: int
    urgent: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One order line as it was sent."""

    head: Head
    number: int
    stream: Stream
    batch: Batch | None
    packs: int
    cents: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the institution sees in the end: for complaints and for the next order."""

    missing_packs: int
    late_days: int
    refused: str
    known_at: int
