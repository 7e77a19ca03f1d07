"""What the home page shows beside the tasks; each app adds its own panels.

An app adds them in `<app>/queries/home.py`, which is imported at start:

    add_panel(Panel(order=10, template="monitoring/_home_warnings.html",
                    content=lambda scope: {...} or None))

`content` gives the template's context, or None where the person has no such panel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from organisations.queries.scope import Scope

Content = Callable[[Scope], dict[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    order: int
    template: str
    content: Content


@dataclass(frozen=True)
class FilledPanel:
    template: str
    content: dict[str, Any]


_PANELS: dict[str, Panel] = {}


def add_panel(panel: Panel) -> None:
    """Register a panel; one per template."""
    _PANELS[panel.template] = panel


def panels_for(scope: Scope) -> list[FilledPanel]:
    """The panels of one person, filled, in order."""
    filled = []
    for panel in sorted(_PANELS.values(), key=lambda panel: (panel.order, panel.template)):
        content = panel.content(scope)
        if content is not None:
            filled.append(FilledPanel(panel.template, content))
    return filled
