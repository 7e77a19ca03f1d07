"""The choices of a sheet's reasons: the same eleven for every line, so written once per choice."""

from __future__ import annotations

import functools

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from volumes.states.reasons import DeviationReason

register = template.Library()


@register.simple_tag
@functools.lru_cache(maxsize=64)
def reason_options(chosen: str) -> SafeString:
    """Options of the reason's select with `chosen` selected; a sheet of 350 lines has 350 selects."""
    listed = format_html_join(
        "", '<option value="{}"{}>{}</option>',
        ((code, SafeString(" selected") if code == chosen else "", label)
         for code, label in DeviationReason.choices),
    )  # fmt: skip
    return format_html('<option value="">—</option>{}', listed)
