"""What is typed about a list of late answers: a reason for each row, the bureau's closing words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from catalog.forms.quality import say_what_is_missing
from procurement.models import DelayedRow


class DelayCloseForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    words = forms.CharField(
        label="办结意见", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class DelayAnswersForm(forms.Form):
    """A reason and words for each row that has none yet; rows may be left for later."""

    def __init__(self, *args: Any, rows: Sequence[DelayedRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = [row for row in rows if row.answered_at is None]
        for row in self.rows:
            self.fields[f"kind_{row.pk}"] = forms.ChoiceField(
                label=f"{row} 原因", required=False,
                choices=[("", "未说明"), *DelayedRow.Reason.choices],
            )  # fmt: skip
            self.fields[f"note_{row.pk}"] = forms.CharField(
                label=f"{row} 说明", max_length=500, required=False
            )
        say_what_is_missing(self)

    def of(self, row: DelayedRow) -> dict[str, Any]:
        """The bound fields of a row, for the template."""
        if f"kind_{row.pk}" not in self.fields:
            return {}
        return {"kind": self[f"kind_{row.pk}"], "note": self[f"note_{row.pk}"]}
