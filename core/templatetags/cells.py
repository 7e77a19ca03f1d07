"""Cells of declared lists, drawn without a component each: fifty rows of ten stay quick. `{% load cells %}`"""

from __future__ import annotations

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.lists.cell import Act, Cell
from core.templatetags.formats import MISSING

register = template.Library()
_badges: dict[tuple[str, bool], tuple[str, str]] = {}
_MARK = "\x02"
_ACT = (
    '<button type="submit" class="btn btn-sm" form="row-acts" formaction="{}"'
    ' aria-label="{}：{}">{}</button>'
)
_ASK = (
    '<button type="button" class="btn btn-sm" data-dialog-open="{}" aria-haspopup="dialog"'
    ' aria-label="{}：{}">{}</button>'
)


def _badge(level: str, plain: bool) -> tuple[str, str]:
    """What stands before and after a badge's words, taken from the component once."""
    if (level, plain) not in _badges:
        drawn = render_to_string(
            "components/gallery/_badge.html",
            {"level": level, "plain": "1" if plain else "", "text": _MARK},
        ).strip()
        before, _, after = drawn.partition(_MARK)
        _badges[level, plain] = (before, after)
    return _badges[level, plain]


def _act(act: Act) -> SafeString:
    if act.asks:
        return format_html(_ASK, act.dialog, act.label, act.of, act.label)
    return format_html(_ACT, act.url, act.label, act.of, act.label)


@register.simple_tag
def cell(shown: Cell) -> SafeString:
    """The inside of one table cell."""
    if shown.acts:
        return format_html_join(" ", "{}", ((_act(act),) for act in shown.acts))
    text = MISSING if shown.text in (None, "") else shown.text
    inner: SafeString = format_html("{}", text)
    if shown.level:
        before, after = _badge(shown.level, shown.plain)
        inner = mark_safe(before) + inner + mark_safe(after)
    if shown.url:
        inner = format_html('<a href="{}">{}</a>', shown.url, inner)
    if shown.post:
        inner = format_html(
            '<button type="submit" class="zc-link" formaction="{}">{}</button>', shown.post, inner
        )
    if shown.late:
        inner = format_html('<span class="zc-late">{} 超期</span>', inner)
    if shown.full:
        inner = format_html('<span class="zc-clip" title="{}">{}</span>', shown.full, inner)
    if shown.sub:
        inner = format_html('{}<span class="zc-cell-sub">{}</span>', inner, shown.sub)
    return inner


@register.filter
def cell_class(shown: Cell) -> str:
    """Classes of the table cell."""
    names = (("zc-muted", shown.quiet), ("zc-nowrap", shown.nowrap))
    return " ".join(name for name, on in names if on)
