"""Every component with sample data, for those who build pages. The sample lies beside the page, in templates/components/gallery/."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.numbers.typed import TypedNumber

PAGES = {
    "": "components/gallery/parts.html",
    "dashboard": "components/gallery/dashboard.html",
    "login": "components/gallery/login.html",
    "print": "components/gallery/paper.html",
}


class SampleForm(forms.Form):
    quantity = TypedNumber(
        label="采购需求量",
        unit="片",
        help_text="上年度实际采购 15,200 片，按 80% 至 120% 填报无须说明。",
    )
    reason = forms.ChoiceField(
        label="偏差原因",
        choices=[("", "请选择"), ("a", "诊疗科目调整"), ("b", "临床替代")],
        required=False,
    )
    note = forms.CharField(label="说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)


def sample() -> dict[str, Any]:
    path = settings.BASE_DIR / "templates" / "components" / "gallery" / "sample.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def gallery(request: HttpRequest, page: str = "") -> HttpResponse:
    """`page` is a key of PAGES; anything else does not exist."""
    if page not in PAGES:
        raise Http404
    wrong = SampleForm({"quantity": "一万二"}, auto_id="id_wrong_%s")
    wrong.is_valid()
    context = sample() | {
        "form": SampleForm(),
        "wrong_form": wrong,
        "sample_messages": [
            Message(constants.ERROR, "导入失败：第 3 行「采购数量」应为大于 0 的数。", "")
        ],
    }
    return render(request, PAGES[page], context)
