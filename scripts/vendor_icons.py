"""Which outline icons the pages use, and how they become one SVG sprite (`<c-icon name="...">`)."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

NAMES = """
    adjustments-horizontal alert-circle alert-octagon alert-triangle arrow-down arrow-down-right arrow-left arrow-right
    arrow-up arrow-up-right arrows-sort ban barcode bell bookmark building-bank building-community building-factory-2
    building-hospital calendar calendar-stats chart-bar chart-line check chevron-down chevron-left chevron-right
    circle-check circle-x clipboard-check clipboard-list clock clock-exclamation columns database-import dots download
    edit external-link eye file-certificate file-spreadsheet file-text filter flag gavel help-circle history home
    info-circle key layout-dashboard layout-sidebar-left-collapse list-check loader-2 lock logout map-2 message-report
    minus package paperclip pill plus printer receipt refresh report-analytics scale search settings shield-check
    signature stack-2 table trash trending-down trending-up truck-delivery upload user users wallet webhook x
"""
ICONS = tuple(NAMES.split())

OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" '
    'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">\n'
)


def symbol(name: str, nodes: list[tuple[str, dict[str, str]]]) -> str:
    shapes = "".join(
        f"<{tag} {' '.join(f'{key}={quoteattr(str(value))}' for key, value in attributes.items())}/>"
        for tag, attributes in nodes
    )
    return f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>\n'


def sprite(outlines: dict[str, list[tuple[str, dict[str, str]]]], names: tuple[str, ...]) -> bytes:
    """Raises KeyError with the name of an icon that the set does not have."""
    return (OPENING + "".join(symbol(name, outlines[name]) for name in names) + "</svg>\n").encode()
