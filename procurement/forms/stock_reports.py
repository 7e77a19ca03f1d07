"""What a manufacturer types about its stock and capacity."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.product_input import ProductInput
from catalog.forms.quality import ScopedForm, say_what_is_missing
from catalog.models import Product
from core.numbers.typed import TypedNumber
from procurement.filters.stock_reports import MonthField

MOST = Decimal(10) ** 13


def _packs(label: str, **more: Any) -> TypedNumber:
    return TypedNumber(
        label=label, unit="包装", min_value=0, max_value=MOST, decimal_places=4, **more
    )


class StockForm(ScopedForm):
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, widget=ProductInput,
        help_text="本企业的产品；可输入名称、拼音首字母查找。",
    )  # fmt: skip
    month = MonthField(
        label="月份", max_length=7, widget=forms.TextInput(attrs={"type": "month"}),
        help_text="同一产品同一月份再次报告，以后一次为准，前一次留在办理经过。",
    )  # fmt: skip
    stock = _packs("月末库存")
    capacity = _packs("月产能")
    reserve = _packs("应急储备", help_text="为应急单独储备的数量，没有写 0。")
    note = forms.CharField(
        label="说明", max_length=500, required=False,
        help_text="如停产检修、原料供应情况和预计恢复时间。",
    )  # fmt: skip

    def clean_product_code(self) -> Product:
        found = self.product("product_code")
        if found.manufacturer_id != self.known.scope.organisation_id:
            raise forms.ValidationError("这不是本企业的产品，请核对编码")
        return found


class StockRowForm(forms.Form):
    """One row of the sheet; `products` are the own ones by code."""

    product_code = forms.CharField(label="国家医保编码", max_length=27)
    month = MonthField(label="月份", max_length=7)
    stock = TypedNumber(label="月末库存", min_value=0, max_value=MOST, decimal_places=4)
    capacity = TypedNumber(label="月产能", min_value=0, max_value=MOST, decimal_places=4)
    reserve = TypedNumber(label="应急储备", min_value=0, max_value=MOST, decimal_places=4)
    name = forms.CharField(max_length=300, required=False)
    note = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, products: Mapping[str, Product], today: date, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.products, self.today = products, today
        say_what_is_missing(self)

    def clean_product_code(self) -> Product:
        found = self.products.get(self.cleaned_data["product_code"].strip())
        if found is None:
            raise forms.ValidationError("没有这个编码的本企业产品，请核对")
        return found
