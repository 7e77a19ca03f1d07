"""The bar above a declared list: its filters, saved views, bulk acts, columns and file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse

from core.lists.address import conditions
from core.lists.keyset import CappedCount
from core.lists.memory import Remembered
from organisations.queries.bulk_acts import acts_for
from organisations.queries.scope import Scope

Options = Mapping[str, Sequence[Mapping[str, str]]]


def filter_bar(
    form: forms.Form, names: Iterable[str], options: Options, given: QueryDict
) -> list[dict[str, Any]]:
    """Inputs of the bar: a choice where there are choices, else a day or a text."""
    return [_input(name, form.fields[name], options, given.get(name, "")) for name in names]


def _input(name: str, field: forms.Field, options: Options, value: str) -> dict[str, Any]:
    offered: Any = options.get(name)
    if offered is None and isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        offered = [
            {"value": value, "label": label} for value, label in choices if value not in ("", None)
        ]
    kind = "choice" if offered is not None else _kind(field)
    return {
        "name": name,
        "label": field.label or name,
        "kind": kind,
        "options": offered or [],
        "value": value,
    }


def _kind(field: forms.Field) -> str:
    return "date" if isinstance(field, forms.DateField) else "text"


def view_menu(kept: Remembered, given: QueryDict, list_url: str) -> list[dict[str, Any]]:
    """The person's saved views of this list as menu items; the one in force is marked."""
    now = _same(conditions(given))
    return [
        {
            "label": view.name,
            "url": f"{list_url}?{view.query}",
            "active": _same(view.query) == now,
            "note": "默认" if view.query == kept.opens_with else "",
        }
        for view in kept.views
    ]


def _same(query: str) -> list[tuple[str, list[str]]]:
    return sorted((name, sorted(values)) for name, values in QueryDict(query).lists())


def bulk_bar(
    scope: Scope, page: str, given: QueryDict, list_url: str, count: CappedCount
) -> dict[str, Any]:
    """Buttons of the bulk acts; empty where the person has none on this list."""
    acts = acts_for(scope, page)
    if not acts or not count.number:
        return {}
    return {
        "acts": [
            {
                "label": act.label,
                "icon": act.icon,
                "kind": act.kind,
                "url": reverse("bulk-choose", args=[act.key]),
            }
            for act in acts
        ],
        "unit": acts[0].unit,
        "query": conditions(given),
        "count": count.number,
        "capped": count.capped,
    }
