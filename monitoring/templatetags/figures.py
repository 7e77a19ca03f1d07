"""Links to figures. `{% load figures %}`"""

from __future__ import annotations

from django import template

from monitoring.queries.figure_address import Keyed, figure_url

register = template.Library()


@register.filter
def figure_address(row: Keyed) -> str:
    """The stable address of a figure."""
    return figure_url(row)
