"""What is typed of prepayments."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from catalog.forms.product_input import CodeInput
from catalog.forms.quality import DAY, ScopedForm
from core.numbers.typed import TypedNumber
from settlement.forms.statements import MOST, StepForm
from settlement.queries.retention import year_named


class PrepaymentAskForm(ScopedForm):
    batch = forms.CharField(
        label="批次", max_length=40, widget=CodeInput("batch"),
        help_text="输入名称、拼音首字母或代码，从列出的批次中选择。",
    )  # fmt: skip
    year_no = forms.IntegerField(label="采购年度序号", min_value=1, max_value=99)
    month = forms.DateField(
        label="预付供货企业的月份", widget=DAY, required=False,
        help_text="年度预付不填；按月预付供货企业时选该月任何一天。",
    )  # fmt: skip

    def clean_month(self) -> date | None:
        given: date | None = self.cleaned_data["month"]
        return given.replace(day=1) if given else None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        batch, number = values.get("batch"), values.get("year_no")
        if batch and number:
            values["year"] = year_named(self.known.scope, batch, number)
            if values["year"] is None:
                self.add_error("year_no", "没有这个批次的这个采购年度，请核对批次代码和年度序号")
        return values


class RefusePrepaymentForm(StepForm):
    note = forms.CharField(label="意见", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class PayPrepaymentForm(StepForm):
    paid_on = forms.DateField(label="拨付日期", widget=DAY)


class ReturnedPrepaymentForm(StepForm):
    amount = TypedNumber(label="收回金额", unit="元", min_value=0, max_value=MOST, decimal_places=2)
    returned_on = forms.DateField(label="收回日期", widget=DAY)
    reference = forms.CharField(label="收款凭证号", max_length=60)
