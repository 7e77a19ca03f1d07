"""Two people changed the same thing: the later one gets both versions, and nothing of it is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

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
        {"label": str(field.label), "value": str(field.value() or "")}
        for field in form.visible_fields()
    ]


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
