"""An application for a change of one's organisation, and the bureau's decision."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

from organisations.forms.people import clean_text
from organisations.models import OrganisationChange

ASKED_BY_KIND = {"rename": "new_name", "recode": "new_code", "merger": "successor_code"}
"""The field that says what it becomes; a closure has none."""


def clean_code(value: str) -> str:
    """A code as it is kept: half width, no spaces around, capitals."""
    return unicodedata.normalize("NFKC", value).strip().upper()


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
            if name in self.fields:
                data[name] = clean_text(data.get(name) or "")
        for name in ("new_code", "successor_code"):
            if name in self.fields:
                data[name] = clean_code(data.get(name) or "")
        return data


class ChangeMendForm(ChangeForm):
    """The same once more after it was returned; the kind stays, only its own fields are asked for."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["kind"]
        for of_kind, name in ASKED_BY_KIND.items():
            if of_kind != kind:
                del self.fields[name]


class DecisionForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    review_note = forms.CharField(
        label="审核意见", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
