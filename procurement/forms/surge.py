"""What is typed about a surge in need, and about its verification."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.product_input import ProductInput
from catalog.forms.quality import DAY, ScopedForm, known_product
from catalog.models import Product
from catalog.queries.known import Known
from core.numbers.typed import TypedNumber
from procurement.forms.standby import CaseWordsForm
from procurement.models import SurgeReport

MOST = Decimal(10) ** 13


class SurgeReportForm(ScopedForm):
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, widget=ProductInput,
        help_text="急需的产品，一般是中选产品；可输入名称、拼音首字母查找。",
    )  # fmt: skip
    cause = forms.ChoiceField(label="原因", choices=SurgeReport.Cause.choices)
    needed_packs = TypedNumber(
        label="需要数量", unit="包装", min_value=0, max_value=MOST, decimal_places=4
    )
    days_of_stock = forms.IntegerField(
        label="库存可用天数", min_value=0, max_value=999, help_text="按目前用量，现有库存还够几天。"
    )
    description = forms.CharField(
        label="情况", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明需求为什么突然增加、已怎样联系中选企业；不要写患者姓名和证件号。",
    )  # fmt: skip

    def clean_product_code(self) -> Product:
        return self.product("product_code")


class SurgeVerifyForm(CaseWordsForm):
    """Which product was bought instead, and the days of receipt that count."""

    field_order = ("version", "bought_product", "from_on", "to_on", "words")
    bought_product = forms.CharField(
        label="应急采购产品的国家医保编码", max_length=27, widget=ProductInput,
        help_text="本地区备供的视同中选；其余非中选的，相应用量不计入考核。机构登记的其他应急采购产品一并认定；"
        "流行病、灾害中已收到调剂的，可填急需产品本身，不考核其约定量。",
    )  # fmt: skip
    from_on = forms.DateField(label="收货日期自", widget=DAY)
    to_on = forms.DateField(label="收货日期至", widget=DAY, help_text="两日都计入。")

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def clean_bought_product(self) -> Product:
        return known_product(self.known, self.cleaned_data["bought_product"])
