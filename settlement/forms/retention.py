"""What is typed about 结余留用."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.quality import DAY, ScopedForm, say_what_is_missing
from core.numbers.typed import TypedNumber
from organisations.models import Pool
from settlement.forms.statements import StepForm
from settlement.formulas.retention import BASES
from settlement.queries.retention import own_pools, year_named


class ComputeForm(ScopedForm):
    batch = forms.CharField(label="批次代码", max_length=40, help_text="批次页上的代码。")
    year_no = forms.IntegerField(label="采购年度序号", min_value=1, max_value=99)
    pool = forms.CharField(label="统筹区代码", max_length=40, help_text="本级统筹区。")

    def clean_pool(self) -> Pool:
        found = own_pools(self.known.scope).filter(code=self.cleaned_data["pool"].strip()).first()
        if found is None:
            raise forms.ValidationError("本级没有这个统筹区代码，请核对")
        return found

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        batch, number = values.get("batch"), values.get("year_no")
        if batch and number:
            year = year_named(self.known.scope, batch, number)
            if year is None:
                self.add_error("year_no", "没有这个批次的这个采购年度，请核对批次代码和年度序号")
            values["year"] = year
        return values


class WordsForm(StepForm):
    words = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, words_label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = words_label
        self.fields["words"].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)


class NoticeForm(StepForm):
    notice_to = forms.DateField(
        label="公示截止日期", widget=DAY, help_text="公示从今天开始，到这一天结束。"
    )


def _amount(label: str) -> TypedNumber:
    return TypedNumber(
        label=label, unit="元", min_value=Decimal(0), max_digits=18, decimal_places=2, initial=0
    )


class ShareOutForm(StepForm):
    staff_amount = _amount("医务人员薪酬")
    members_amount = _amount("医共体成员单位")
    other_amount = _amount("其他用途")
    method = forms.CharField(
        label="内部考核和分配办法", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="怎样考核、怎样分配；用于薪酬不足一半的须说明原因。",
    )  # fmt: skip


class OverlapForm(StepForm):
    words = forms.CharField(
        label="与支付方式激励重叠的说明", max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明同一项节约在按病种付费等改革中已有的激励；留空保存即取消标注。",
    )  # fmt: skip


class WhatIfForm(forms.Form):
    """Terms to try on a run; nothing is written."""

    basis = forms.ChoiceField(
        label="测算基准", choices=[(code, each.label) for code, each in BASES.items()]
    )
    ratio_max = TypedNumber(
        label="留用比例上限", min_value=0, max_value=1, max_digits=5, decimal_places=4,
        help_text="0 到 1，例如 0.5 为 50%",
    )  # fmt: skip
    tolerance = TypedNumber(
        label="精准度容差", min_value=0, max_value=1, max_digits=5, decimal_places=4,
        help_text="0 到 1，例如 0.2 为 20%",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)
