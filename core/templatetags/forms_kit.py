"""Render a bound field's control with the house's classes and its error and help ids. `{% load forms_kit %}`"""

from __future__ import annotations

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

register = template.Library()

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


def widget_class(widget: forms.Widget) -> str:
    house = next(name for kind, name in CLASSES if isinstance(widget, kind))
    return " ".join(filter(None, (widget.attrs.get("class", ""), house)))


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The control alone. Errors are tied to it, after the help text that Django ties already."""
    attributes: dict[str, str | bool] = {"class": widget_class(field.field.widget)}
    if field.errors:
        described = [f"{field.auto_id}_error"] + (
            [f"{field.auto_id}_helptext"] if field.help_text else []
        )
        attributes["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attributes)
