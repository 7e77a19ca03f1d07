"""What is typed about a purchase off the platform."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.product_input import CodeInput, ProductInput
from catalog.forms.quality import DAY, ScopedForm, say_what_is_missing
from catalog.models import Product
from core.numbers.typed import TypedNumber
from organisations.models import Organisation
from procurement.forms.standby import CaseWordsForm

MOST = Decimal(10) ** 13


class SurgeCorrectionForm(CaseWordsForm):
    """For which surge it was bought after all."""

    field_order = ("version", "surge_no", "words")
    surge_no = forms.CharField(
        label="更正后的应急需求编号", max_length=24, required=False,
        help_text="不是为应急需求而买的留空。",
    )  # fmt: skip


class OfflinePurchaseForm(ScopedForm):
    """A bureau names the institution; an institution's own form has no such field."""

    institution_code = forms.CharField(
        label="医疗机构编码", max_length=18, widget=CodeInput("institution"),
        help_text="输入名称、拼音首字母或编码的一部分，从列出的医疗机构中选择。",
    )  # fmt: skip
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, widget=ProductInput,
        help_text="输入名称、拼音首字母或编码的一部分，从列出的产品中选择。",
    )  # fmt: skip
    packs = TypedNumber(label="数量", unit="包装", min_value=0, max_value=MOST, decimal_places=4)
    unit_price = TypedNumber(
        label="单价", unit="元/包装", min_value=0, max_value=MOST, decimal_places=4
    )
    bought_on = forms.DateField(label="采购日期", widget=DAY)
    seller = forms.CharField(label="销售单位", max_length=200)
    surge_no = forms.CharField(
        label="应急需求编号", max_length=24, required=False,
        help_text="为应急需求而买的填写，医保局核实时一并查看。",
    )  # fmt: skip
    words = forms.CharField(
        label="发现的情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.known.scope.kind == "institution":
            del self.fields["institution_code"]
            self.fields["words"].label = "线下采购的原因"
            say_what_is_missing(self)
        else:
            del self.fields["surge_no"]

    def clean_product_code(self) -> Product:
        return self.product("product_code")

    def clean_institution_code(self) -> Organisation:
        found = self.known.organisation(self.cleaned_data["institution_code"].strip())
        if found is None or found.kind != Organisation.Kind.INSTITUTION:
            raise forms.ValidationError("没有这个编码的医疗机构，请核对定点编码")
        return found
