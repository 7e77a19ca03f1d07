"""What an indicator says of itself; its lines are the SELECT in the file of the same name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

REGIONS = ("county", "city", "pool", "province")
UNIT = ("institution",)
ENTERPRISES = ("distributor", "manufacturer")


@dataclass(frozen=True)
class Subject:
    """Subject types that share the same further keys (batch means batch and agreement year)."""

    types: tuple[str, ...]
    keys: tuple[str, ...] = ()

    @property
    def has_batch(self) -> bool:
        return "batch" in self.keys


@dataclass(frozen=True)
class Indicator:
    """One definition: its words for the page, its rows, and where its lines come from.

    own_windows: the lines tell apart the windows of rows with a batch (in_month, in_ytd) and of
    rows without (first_month, first_ytd), because a line of several batches counts once there.
    """

    code: str
    label: str
    clause: str
    unit: str
    numerator: str
    denominator: str
    windows: tuple[str, ...]
    subjects: tuple[Subject, ...]
    dimensions: tuple[str, ...]
    exclusions: dict[str, str] = field(default_factory=dict)
    assessed_note: str = ""
    own_windows: bool = False
    line_label: str = "明细"

    @cached_property
    def subject_types(self) -> frozenset[str]:
        return frozenset(kind for subject in self.subjects for kind in subject.types)

    @property
    def has_units(self) -> bool:
        return "institution" in self.subject_types

    def subject(self, subject_type: str, *, batch: bool, product: bool = False) -> Subject:
        """The declared subject of a row. Raises LookupError when it has no such rows."""
        for subject in self.subjects:
            if subject_type in subject.types and subject.has_batch == batch:
                return subject
        raise LookupError(f"{self.code}: {subject_type}")
