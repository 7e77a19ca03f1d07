"""What the frame of every object's page takes: the acts that can be done now, else why not, and its documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from core.transitions.machine import Offer

Action = dict[str, Any]
BACK = frozenset({"hand_back", "return", "recall", "withdraw", "refuse"})
"""Steps back stand beside the step forward, as does one that may be done again (测算 beside 确认); they
are the main one only where nothing else can be done."""


def offered_actions(
    offers: Iterable[Offer],
    *,
    url: Callable[[str], str],
    version: int,
    on_page: Mapping[str, str] | None = None,
    dialogs: Mapping[str, str] | None = None,
) -> list[Action]:
    """Inputs of <c-action> for each step that concerns the reader, in the table's order.

    A step that cannot be done now is greyed with its reason. `on_page` names the part of the page
    that holds the form of a step with inputs, or the page that does (its button leads there), `dialogs` the confirmation
    that asks for them; others are posted at once, with the version that the reader has before them.
    """
    parts, asked = on_page or {}, dialogs or {}
    actions: list[Action] = []
    forward: list[Action] = []
    again: list[Action] = []
    backward: list[Action] = []
    for offer in offers:
        verb = offer.transition.verb
        action: Action = {"label": offer.transition.label}
        if not offer.verdict.ok:
            action["reason"] = offer.verdict.reason
        elif verb in parts:
            part = parts[verb]
            action |= {"url": part if part.startswith("/") else f"#{part}"}
        elif verb in asked:
            action |= {"dialog": asked[verb]}
        else:
            action |= {"url": url(verb), "method": "post", "fields": {"version": version}}
        actions.append(action)
        if offer.verdict.ok:
            repeats = offer.transition.target in offer.transition.sources
            (backward if verb in BACK else again if repeats else forward).append(action)
    for action in [*forward, *again, *backward][:1]:
        action["kind"] = "primary"
    return actions


def document_items(files: Iterable[Any], url: Callable[[Any], str]) -> list[dict[str, Any]]:
    """Inputs of <c-documents> for an object's attachments; what is in quarantine is not linked."""
    return [
        {
            "label": each.name,
            "url": url(each),
            "size": each.file.size_bytes,
            "who": each.uploaded_by_name,
            "at": each.uploaded_at,
            "blocked": "" if each.file.scan == "clean" else "已隔离，不能下载",
        }
        for each in files
    ]
