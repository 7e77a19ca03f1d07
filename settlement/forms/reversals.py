"""What is typed to take a ledger entry back."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.forms.quality import say_what_is_missing
from settlement.forms.statements import StepForm

_AREA = forms.Textarea(attrs={"rows": 2})


class AskReversalForm(forms.Form):
    reason = forms.CharField(label="冲销原因", max_length=200, widget=_AREA)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class RefuseReversalForm(StepForm):
    note = forms.CharField(label="意见", max_length=500, widget=_AREA)
