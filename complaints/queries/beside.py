"""What apps above hang on a complaint's page: cards with links, and acts.

An app adds its own at start, by what its ready() imports:

    add(lambda scope, complaint: Beside(title="监管措施", items=(…), acts=(…)))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from complaints.models import Complaint
from organisations.queries.scope import Scope


@dataclass(frozen=True)
class Beside:
    """A card of links {label, url, note}, and buttons {label, url, icon} in the page's head."""

    title: str
    items: tuple[dict[str, str], ...] = ()
    acts: tuple[dict[str, str], ...] = ()


_ASKED: list[Callable[[Scope, Complaint], Beside]] = []


def add(asked: Callable[[Scope, Complaint], Beside]) -> None:
    _ASKED.append(asked)


def beside(scope: Scope, complaint: Complaint) -> list[Beside]:
    """All that hangs on this complaint for this reader, in the order in which it was added."""
    return [asked(scope, complaint) for asked in _ASKED]
