"""One cell of an uploaded row by its field. `{% load sheets %}`"""

from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def cell_of(cells: Mapping[str, str], field: str) -> str:
    return cells.get(field, "")
