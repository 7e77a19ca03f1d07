"""Small drawings as SVG attributes, which a strict Content-Security-Policy allows. `{% load drawings %}`"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.templatetags.formats import to_decimal

register = template.Library()

WIDTH, HEIGHT, MARGIN = 96.0, 28.0, 3.0


def spark_points(values: Sequence[Any]) -> list[tuple[float, float]]:
    """Coordinates of the values that exist, oldest left; a flat series lies in the middle."""
    known = [
        (index, float(number))
        for index, number in enumerate(map(to_decimal, values))
        if number is not None
    ]
    if len(known) < 2:
        return []
    low = min(value for _, value in known)
    spread = max(value for _, value in known) - low
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    drawn = HEIGHT - 2 * MARGIN
    return [
        (
            round(MARGIN + index * step, 1),
            round(MARGIN + drawn * (1 - ((value - low) / spread if spread else 0.5)), 1),
        )
        for index, value in known
    ]


@register.simple_tag
def sparkline(values: Sequence[Any] | None) -> SafeString | str:
    """A line of 96 × 28 with a dot at the latest value; nothing for fewer than two values."""
    places = spark_points(values or [])
    if not places:
        return ""
    line = " ".join(f"{x},{y}" for x, y in places)
    area = f"{places[0][0]},{HEIGHT} {line} {places[-1][0]},{HEIGHT}"
    return format_html(
        '<svg class="zc-spark" viewBox="0 0 96 28" width="96" height="28" aria-hidden="true" focusable="false">'
        '<polygon points="{}" class="zc-spark-area"/><polyline points="{}" class="zc-spark-line"/>'
        '<circle cx="{}" cy="{}" r="2.2" class="zc-spark-dot"/></svg>',
        area,
        line,
        places[-1][0],
        places[-1][1],
    )


@register.simple_tag
def bar(value: Any, largest: Any = 100, mark: Any = None) -> SafeString:
    """A horizontal bar filled to value ÷ largest, with an optional mark (threshold) on the same scale."""
    filled = share(value, largest)
    drawn_mark = SafeString("")
    if to_decimal(mark) is not None:
        drawn_mark = format_html(
            '<rect x="{}" y="0" width="0.8" height="8" class="zc-bar-mark"/>', share(mark, largest)
        )
    return format_html(
        '<svg class="zc-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect x="0" y="1" width="100" height="6" class="zc-bar-track"/>'
        '<rect x="0" y="1" width="{}" height="6" class="zc-bar-fill"/>{}</svg>',
        filled,
        drawn_mark,
    )


def share(value: Any, largest: Any) -> float:
    """Percent of `largest`, held between 0 and 100; 0 when either is missing."""
    number, whole = to_decimal(value), to_decimal(largest)
    if number is None or not whole:
        return 0.0
    return round(min(max(float(number / whole), 0.0), 1.0) * 100, 2)
