"""What a reviewer says of a clinical reason."""

from __future__ import annotations

from django import forms

from procurement.models import ClinicalReview


class ClinicalReviewForm(forms.Form):
    """`seen`: how many results the reviewer saw."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    result = forms.ChoiceField(label="点评结果", choices=ClinicalReview.Result.choices)
    note = forms.CharField(
        label="点评意见", max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="结果不是“合理”的必填；不要写患者姓名和证件号。",
    )  # fmt: skip
