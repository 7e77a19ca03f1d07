"""What is typed about orders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms


class CancelOrderForm(forms.Form):
    """Which unanswered lines are taken back; none named: all."""

    line_nos = forms.TypedMultipleChoiceField(
        label="订单行", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label="撤单原因", max_length=200, required=False)

    def __init__(self, *args: Any, line_nos: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = self.fields["line_nos"]
        assert isinstance(lines, forms.TypedMultipleChoiceField)
        lines.choices = [(number, f"第 {number} 行") for number in line_nos]
