"""What is typed in the steps of a statement."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.quality import DAY, ScopedForm, say_what_is_missing
from core.numbers.typed import TypedNumber
from organisations.models import Organisation

_AREA = forms.Textarea(attrs={"rows": 2})
MOST = Decimal(10) ** 15


class StepForm(forms.Form):
    """A step without words: the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class DisputeForm(StepForm):
    """Lines by their numbers in the table, one reason for all of them."""

    lines = forms.CharField(
        label="有异议的行", required=False, max_length=500,
        help_text="填明细表中的序号，多个用逗号分开；没有异议留空。有异议的行移入下期结算。",
    )  # fmt: skip
    reason = forms.CharField(label="异议原因", required=False, max_length=500, widget=_AREA)

    def clean_lines(self) -> list[int]:
        typed = [part for part in re.split(r"[\s,，、;；]+", self.cleaned_data["lines"]) if part]
        if any(not (part.isascii() and part.isdigit() and len(part) < 7) for part in typed):
            raise forms.ValidationError("请只填序号，例如 2, 5")
        return sorted({int(part) for part in typed})

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("lines") and not values.get("reason", "").strip():
            self.add_error("reason", "请写明异议原因")
        return values


class ConfirmForm(DisputeForm):
    invoice_no = forms.CharField(
        label="发票号", required=False, max_length=60, help_text="补给没有发票号的收货行。"
    )


class AnswerForm(DisputeForm):
    reply = forms.CharField(
        label="对企业异议的答复", required=False, max_length=500, widget=_AREA,
        help_text="写给企业提出异议、属于本机构的全部行。",
    )  # fmt: skip


class ReturnForm(StepForm):
    return_reason = forms.CharField(label="退回原因", max_length=500, widget=_AREA)


class ReopenForm(StepForm):
    reopen_reason = forms.CharField(label="补结原因", max_length=500, widget=_AREA)


class OwnPaymentForm(StepForm):
    amount = TypedNumber(label="金额", unit="元", min_value=0, max_value=MOST, decimal_places=2)
    paid_on = forms.DateField(label="付款日期", widget=DAY)
    reference = forms.CharField(label="付款凭证号", max_length=60)


class MonthForm(ScopedForm):
    """The month by any of its days."""

    month = forms.DateField(
        label="结算月份", widget=DAY, help_text="选该月任何一天；月份结束后才能生成。"
    )

    def clean_month(self) -> Any:
        return self.cleaned_data["month"].replace(day=1)


class DeductionForm(MonthForm):
    institution_code = forms.CharField(label="医疗机构编码", max_length=18)
    allocated = TypedNumber(
        label="当月医保预拨付款", unit="元", min_value=0, max_value=MOST, decimal_places=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].label = "月份"
        self.fields["month"].help_text = "选该月任何一天。"

    def clean_institution_code(self) -> Organisation:
        found = self.known.organisation(self.cleaned_data["institution_code"].strip())
        if found is None or found.kind != Organisation.Kind.INSTITUTION:
            raise forms.ValidationError("没有这个编码的医疗机构，请核对定点编码")
        return found


class BankAnswerForm(forms.Form):
    """One row of the bank's answer."""

    order_no = forms.CharField(label="付款编号", max_length=40)
    amount = TypedNumber(label="金额", unit="元", min_value=0, max_value=MOST, decimal_places=2)
    paid_on = forms.DateField(
        label="付款日期", error_messages={"invalid": "请填写日期，如 2026-04-10"}
    )
    bank_ref = forms.CharField(label="银行流水号", max_length=60, required=False)
    result = forms.ChoiceField(
        label="结果", choices=[("done", "成功"), ("failed", "失败"), ("returned", "退汇")],
        error_messages={"invalid_choice": "结果只能填成功、失败或退汇"},
    )  # fmt: skip
    words = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)
