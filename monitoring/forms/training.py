"""A training as it is written down, and the words of its steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from catalog.forms.quality import DAY, say_what_is_missing
from monitoring.forms import SeenVersion
from monitoring.states.training import TrainingKind


class TrainingForm(forms.Form):
    """Attendance is pasted: one organisation a line."""

    kind = forms.ChoiceField(label="种类")
    held_on = forms.DateField(label="日期", widget=DAY)
    title = forms.CharField(label="主题", max_length=200)
    place = forms.CharField(label="地点", max_length=200, required=False)
    content = forms.CharField(
        label="内容", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="讲解的政策、演示的功能、讨论的问题。",
    )  # fmt: skip
    attended = forms.CharField(
        label="参加单位", max_length=200_000, required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="每行一家：机构代码 人数，可从 Excel 两列直接粘贴。",
    )  # fmt: skip
    own_people = forms.IntegerField(
        label="本单位参加人数", min_value=0, max_value=10_000, required=False, initial=0
    )

    def __init__(self, *args: Any, kinds: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [(each, TrainingKind(each).label) for each in kinds]
        for name in ("content", "attended"):
            self.fields[name].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)

    def clean_own_people(self) -> int:
        return self.cleaned_data["own_people"] or 0


class TrainingEditForm(TrainingForm, SeenVersion):
    pass


class TrainingRecallForm(SeenVersion):
    note = forms.CharField(
        label="更正原因", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写更正原因"},
    )  # fmt: skip
