"""What a rule says: may it be, and if not, why and by which clause."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """`ok`, or the reason in Chinese that page and API show alike, with its clause."""

    ok: bool
    reason: str = ""
    clause: str = ""

    def __bool__(self) -> bool:
        return self.ok


ALLOWED = Verdict(True)
