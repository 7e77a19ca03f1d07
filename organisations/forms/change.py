"""An application for a change of one's organisation, and the bureau's decision."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

from organisations.forms.people import clean_text
from organisations.models import OrganisationChange


class ChangeForm(forms.Form):
    """Which change, what it becomes, from which day, and why."""

    kind = forms.ChoiceField(label="事项", choices=OrganisationChange.Kind.choices)
    new_name = forms.CharField(
        label="新名称", max_length=200, required=False, help_text="变更名称时填写。"
    )
    new_code = forms.CharField(
        label="新信用代码", max_length=18, required=False, help_text="变更信用代码时填写。"
    )
    successor_code = forms.CharField(
        label="承接机构编码", max_length=18, required=False, help_text="并入其他机构时填写。"
    )
    effective_on = forms.DateField(
        label="生效日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label="事由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明批复文号。",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("new_name", "reason"):
            data[name] = clean_text(data.get(name) or "")
        for name in ("new_code", "successor_code"):
            data[name] = unicodedata.normalize("NFKC", data.get(name) or "").strip().upper()
        return data


class DecisionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    review_note = forms.CharField(
        label="审核意见", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
