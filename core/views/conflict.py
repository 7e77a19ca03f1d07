"""Two people changed the same thing: the later one gets both versions, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from core.transitions import MissingInput

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
    """The visible fields of a form as they were sent."""
    return [
        {"label": str(field.label), "value": _words(field, field.value())}
        for field in form.visible_fields()
    ]


def kept(form: forms.Form, values: Mapping[str, Any]) -> list[Item]:
    """What is kept now under the same labels; `values` by the names of the fields."""
    return [
        {"label": str(field.label), "value": _words(field, values[field.name])}
        for field in form.visible_fields()
        if field.name in values
    ]


def sent_version(request: HttpRequest) -> int | None:
    """The version of the row that the form was opened with; None where it names none."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None


def checked_version(request: HttpRequest) -> int | None:
    """As sent_version, but a version that is no number from 1 on raises MissingInput (400)."""
    version = sent_version(request)
    if request.POST.get("version", "") and not version:
        raise MissingInput("version", "页面的版本标记不对，请刷新后再办理")
    return version


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
