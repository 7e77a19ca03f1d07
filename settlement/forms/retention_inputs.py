"""One row of what 结余留用 is computed with, by form or in a sheet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.quality import say_what_is_missing
from core.numbers.typed import TypedNumber
from settlement.queries.retention_inputs import NamedInputs

SHARE: dict[str, Any] = {
    "min_value": Decimal(0), "max_value": Decimal(1), "max_digits": 18, "decimal_places": 4,
    "required": False,
}  # fmt: skip


class RetentionInputForm(forms.Form):
    batch_code = forms.CharField(label="批次代码", max_length=40)
    year_no = forms.IntegerField(label="采购年度序号", min_value=1, max_value=99)
    pool_code = forms.CharField(label="统筹区代码", max_length=40, help_text="本级统筹区。")
    group_code = forms.CharField(label="品种代码", max_length=40)
    baseline_price = TypedNumber(
        label="集采前加权均价", unit="元", min_value=0, max_digits=18, decimal_places=4,
        required=False, help_text="每基本单位；不知道的留空，留空的品种算不出结余。",
    )  # fmt: skip
    fund_share_before = TypedNumber(label="上年基金支付比例", help_text="0 到 1。", **SHARE)
    fund_share = TypedNumber(label="当年基金支付比例", help_text="0 到 1。", **SHARE)
    insured_share = TypedNumber(label="本统筹区参保使用占比", help_text="0 到 1。", **SHARE)
    source = forms.CharField(
        label="数据来源", max_length=200, help_text="文件名称、文号或统计口径。"
    )

    def __init__(self, *args: Any, named: NamedInputs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.named = named
        say_what_is_missing(self)

    def clean_pool_code(self) -> str:
        code = str(self.cleaned_data["pool_code"]).strip()
        if code not in self.named.pools:
            raise forms.ValidationError("本级没有这个统筹区代码，请核对")
        return code

    def clean_group_code(self) -> str:
        code = str(self.cleaned_data["group_code"]).strip()
        if code not in self.named.groups:
            raise forms.ValidationError("没有这个品种代码，请到“品种目录”核对")
        return code

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        batch, number = values.get("batch_code"), values.get("year_no")
        if batch and number:
            values["year"] = self.named.years.get((batch.strip(), number))
            if values["year"] is None:
                self.add_error("year_no", "没有这个批次的这个采购年度，请核对批次代码和年度序号")
        return values


class RetentionInputEditForm(RetentionInputForm):
    """Of one row that may be there already; 0: there was none when the form was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
