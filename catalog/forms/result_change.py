"""A change of a batch's result, as it is typed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from catalog.forms.product_input import ProductInput
from catalog.models import Selection
from catalog.states.result_change import ResultKind
from core.numbers.typed import TypedNumber
from organisations.models import Region


class ResultChangeForm(forms.Form):
    """Business codes, so that a product or region of elsewhere is simply not found."""

    kind = forms.ChoiceField(label="种类", choices=ResultKind.choices)
    product = forms.CharField(
        label="国家医保编码", max_length=27, widget=ProductInput,
        help_text="可按名称、首字母查找；调价、取消和调整地区填中选产品；增补填新增规格。",
        error_messages={"required": "请填写产品的国家医保编码"},
    )  # fmt: skip
    region = forms.ChoiceField(
        label="供应地区", help_text="现在供应的地区；增补时为将要供应的地区。"
    )
    new_region = forms.ChoiceField(
        label="改为供应地区", required=False, help_text="只在“调整供应地区”时选择。"
    )
    role = forms.ChoiceField(
        label="身份", choices=Selection.Role.choices, required=False, help_text="只在增补时选择。"
    )
    price = TypedNumber(
        label="价格", unit="元/包装", required=False, max_digits=18, decimal_places=4, min_value=0,
        help_text="取消中选不填，调整地区空着为原价。",
        error_messages={
            "max_decimal_places": "至多 4 位小数",
            "min_value": "价格应为大于 0 的数",
        },
    )  # fmt: skip
    effective_on = forms.DateField(
        label="生效日", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="原结果执行到前一日；已结束的月份不能改动。",
        error_messages={"required": "请填写生效日", "invalid": "请填写日期，如 2026-10-01"},
    )  # fmt: skip
    clause = forms.CharField(
        label="依据条款", max_length=120, error_messages={"required": "请填写依据的条款"}
    )
    reason = forms.CharField(
        label="变更理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写变更理由"},
    )  # fmt: skip

    def __init__(self, *args: Any, regions: Iterable[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(each.code, each.name) for each in regions]
        self.fields["region"].choices = choices  # type: ignore[attr-defined]
        self.fields["new_region"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
