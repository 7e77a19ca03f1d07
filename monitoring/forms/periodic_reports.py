"""Asking for a report, its words, and the receiver's opinion."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from monitoring.forms import SeenVersion
from monitoring.states.report import ReportKind

MONTH = forms.TextInput(attrs={"type": "month"})


class ReportNewForm(forms.Form):
    kind = forms.ChoiceField(
        label="种类", error_messages={"invalid_choice": "请从列表中选择本单位起草的报告"}
    )
    month = forms.CharField(
        label="期间的第一个月", max_length=7, widget=MONTH,
        help_text="半年从 1 月或 7 月开始，季度从 1、4、7、10 月开始。",
        error_messages={"required": "请选择期间的第一个月"},
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [(each, ReportKind(each).label) for each in kinds]


class ReportTextForm(SeenVersion):
    title = forms.CharField(label="标题", max_length=200)
    body = forms.CharField(
        label="正文", max_length=20_000, widget=forms.Textarea(attrs={"rows": 18}),
        help_text="“一、”“（一）”开头的行印成标题；附表随报告一并印出，不用写入正文。",
    )  # fmt: skip


class ReportNoteForm(SeenVersion):
    note = forms.CharField(
        label="意见", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回的，写明要补充什么。",
    )  # fmt: skip
