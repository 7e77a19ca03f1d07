"""Two people changed the same thing: the later one gets both versions, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core.transitions import MissingInput, Refusal

Item = dict[str, str]


@dataclass(frozen=True)
class Conflict:
    """What the later of two was told: why, what they typed, what is kept now, by whom since when."""

    reason: str
    mine: Sequence[Item]
    theirs: Sequence[Item]
    who: str
    at: datetime
    back_url: str
    title: str = ""


def typed(form: forms.Form) -> list[Item]:
    """The visible fields of a form as they were sent; passwords never."""
    return [
        {"label": str(field.label), "value": _words(field, field.value())}
        for field in form.visible_fields()
        if not isinstance(field.field.widget, forms.PasswordInput)
    ]


def kept(form: forms.Form, values: Mapping[str, Any]) -> list[Item]:
    """What is kept now under the same labels; `values` by the names of the fields."""
    return [
        {"label": str(field.label), "value": _words(field, values[field.name])}
        for field in form.visible_fields()
        if field.name in values
    ]


def checked_version(request: HttpRequest, least: int = 1) -> int | None:
    """The version of the row that the form was opened with; None where it names none.

    `least` is 0 where a form can be opened before the first version. Raises MissingInput (400) for
    what is no number from `least` on: reading it as none would write over a colleague's change.
    """
    given = request.POST.get("version", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10 and int(given) >= least):
        raise MissingInput("version", "页面的版本标记不对，请刷新后再办理")
    return int(given)


def shown_version(request: HttpRequest, newest: int | str) -> str:
    """The version for a form's hidden field: as sent, so that a form in error does not become new."""
    return request.POST.get("version", "") or str(newest)


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """Say it at the field it is about, or above the form where it is about none of the fields."""
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, refusal.reason)


def _words(field: forms.BoundField, value: Any) -> str:
    """A value as people read it: a choice by its label, several with commas, a day as it is."""
    choices: Any = getattr(field.field, "choices", ())
    labels = {str(code): str(label) for code, label in choices}
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(labels.get(str(each), str(each)) for each in value)
    return labels.get(str(value), str(value)) if value not in (None, "") else ""


def conflict_page(request: HttpRequest, conflict: Conflict) -> HttpResponse:
    """The page with both versions, 409."""
    answer = TemplateResponse(
        request,
        "layouts/conflict.html",
        {
            "page_title": conflict.title or "内容已被他人更新",
            "reason": conflict.reason,
            "mine": conflict.mine,
            "theirs": conflict.theirs,
            "who": conflict.who,
            "at": conflict.at,
            "back_url": conflict.back_url,
        },
        status=409,
    )
    answer.refusal_reason = conflict.reason  # type: ignore[attr-defined]
    answer.refusal_clause = ""  # type: ignore[attr-defined]
    return answer
