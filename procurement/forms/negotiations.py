"""What is typed about a 议价."""

from __future__ import annotations

from django import forms

from catalog.forms.product_input import ProductInput
from catalog.forms.quality import DAY, ScopedForm
from catalog.models import Product
from core.numbers.typed import TypedNumber


def _price() -> TypedNumber:
    return TypedNumber(
        label="报价", unit="元/包装", max_digits=14, decimal_places=4, min_value=0,
        help_text="不得高于当日挂网价。",
    )  # fmt: skip


class OfferForm(forms.Form):
    """An offer with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    price = _price()
    valid_from = forms.DateField(label="执行日期自", widget=DAY)
    valid_to = forms.DateField(label="执行日期至", widget=DAY, help_text="两日都按议定价。")
    words = forms.CharField(label="说明", max_length=500, required=False)


class AcceptForm(forms.Form):
    """Nothing to fill in: the offer that was read is accepted."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class NewNegotiationForm(ScopedForm):
    institution_code = forms.CharField(
        label="医疗机构代码", max_length=40, required=False,
        help_text="生产企业发起时填写；医疗机构不填，即本机构。",
    )  # fmt: skip
    product_code = forms.CharField(
        label="国家医保编码",
        max_length=27,
        widget=ProductInput,
        help_text="可按名称、首字母查找；在本机构不是中选产品的挂网产品。",
    )
    price = _price()
    valid_from = forms.DateField(label="执行日期自", widget=DAY)
    valid_to = forms.DateField(label="执行日期至", widget=DAY)
    words = forms.CharField(label="说明", max_length=500, required=False)

    def clean_product_code(self) -> Product:
        return self.product("product_code")
