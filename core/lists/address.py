"""What the address of a list says, in words and as links that take one condition away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict

ALL = "all=1"
"""The query that asks for the whole list, whatever the person's default view of it is."""


def conditions(given: QueryDict) -> str:
    """The query without the place in the list: what an export or a saved view keeps."""
    query = given.copy()
    for name in ("page", "cursor", "all"):
        query.pop(name, None)
    for name in [name for name, values in query.lists() if not any(values)]:
        query.pop(name)
    return query.urlencode()


def chips(
    form: forms.Form, given: QueryDict, names: Mapping[str, Mapping[str, str]] | None = None
) -> list[dict[str, str]]:
    """One chip per condition in force; `names` gives words for codes of a field."""
    words = names or {}
    found = []
    for name, field in form.fields.items():
        value = given.get(name, "").strip()
        if value:
            offered = words.get(name) or _choices(field)
            text = offered.get(value, value)
            label = f"{field.label or name}：{text}"
            found.append({"label": label, "remove_url": without(given, name)})
    return found


def without(given: QueryDict, name: str) -> str:
    query = given.copy()
    for dropped in (name, "page", "cursor", "all"):
        query.pop(dropped, None)
    # "?" alone would open the list with the person's own default again.
    return f"?{query.urlencode() or ALL}"


def kept(
    given: QueryDict, dropped: Iterable[str] = ("columns", "page", "cursor", "all")
) -> list[tuple[str, str]]:
    """Pairs for a form that changes something else and keeps the conditions."""
    gone = set(dropped)
    return [
        (name, value)
        for name, values in given.lists()
        if name not in gone
        for value in values
        if value
    ]


def _choices(field: forms.Field) -> dict[str, str]:
    offered: Any = getattr(field, "choices", ())
    return {str(value): str(label) for value, label in offered if value not in ("", None)}
