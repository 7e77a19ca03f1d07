"""The visible side of a signature: who, for which organisation, when; drawn as a page of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.paper import render_pdf


@dataclass(frozen=True)
class Stamp:
    """What is read on the paper; long names are set smaller, never cut."""

    organisation: str
    lines: tuple[str, ...]
    heading: str = "电子签名"


@lru_cache(maxsize=64)
def stamp_pdf(stamp: Stamp, width: int, height: int) -> bytes:
    """One page of the size of the field (points). Kept: one leader signs hundreds at a time."""
    return render_pdf(
        "core/stamp",
        {
            "organisation": stamp.organisation,
            "lines": list(stamp.lines),
            "heading": stamp.heading,
            "width": width,
            "height": height,
        },
    )
