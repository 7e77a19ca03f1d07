"""What is typed about carts, receiving places and the amount for approval."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from core.numbers.typed import TypedNumber

CELL = re.compile(r"(packs|reason):([^:]{1,40}):([^:]{1,40})")
MOST_CELLS = 2_000


class PlaceForm(forms.Form):
    """A receiving place with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    name = forms.CharField(label="名称", max_length=40)
    address = forms.CharField(label="地址", max_length=80)
    contact = forms.CharField(label="联系人", max_length=20)
    phone = forms.CharField(label="联系电话", max_length=20)
    hours = forms.CharField(label="收货时间", max_length=30)
    is_default = forms.BooleanField(label="默认", required=False)
    is_open = forms.BooleanField(label="使用中", required=False)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ApprovalForm(forms.Form):
    approval_over = TypedNumber(
        label="超过此金额须院内审批", unit="元", required=False, max_digits=17, decimal_places=2,
        min_value=0, help_text="不填：经办人员可直接发送。",
    )  # fmt: skip


class CartStepForm(forms.Form):
    """A step on a cart with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    confirmed = forms.BooleanField(label="超过平常用量的数量已核对无误", required=False)
    return_reason = forms.CharField(label="退回原因", max_length=500, required=False)
    template_name_words = forms.CharField(label="模板名称", max_length=60, required=False)


class TemplateForm(forms.Form):
    """A template's name and whether it is used, with the version that was read."""

    version = forms.IntegerField(min_value=1)
    name = forms.CharField(label="名称", max_length=60)
    is_open = forms.BooleanField(label="使用中", required=False)


class CartRowForm(forms.Form):
    """One row of the Excel sheet."""

    product_code = forms.CharField(label="国家医保编码", max_length=27)
    packs = TypedNumber(label="订购包装数", max_digits=12, decimal_places=0, min_value=Decimal(1))
    reason = forms.CharField(label="临床理由", max_length=500, required=False)

    def __init__(self, *args: Any, products: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = products

    def clean_product_code(self) -> Any:
        code = self.cleaned_data["product_code"]
        found = self.products.get(code)
        if found is None:
            raise forms.ValidationError("没有这个国家医保编码的产品，请核对")
        return found


class CartCells:
    """The cells of the cart's sheet by (institution code, product code).

    `wrong` holds by the same key what is wrong with a number of packs.
    """

    def __init__(self, given: QueryDict) -> None:
        self.packs: dict[tuple[str, str], Decimal] = {}
        self.reasons: dict[tuple[str, str], str] = {}
        self.wrong: dict[tuple[str, str], str] = {}
        number = TypedNumber(max_digits=12, decimal_places=4, min_value=0, required=False)
        for name in list(given)[:MOST_CELLS]:
            match = CELL.fullmatch(name)
            if match is None:
                continue
            kind, institution, product = match.groups()
            text = given.get(name, "")
            if kind == "reason":
                self.reasons[institution, product] = text.replace("\x00", "")[:500]
                continue
            try:
                self.packs[institution, product] = number.clean(text) or Decimal(0)
            except forms.ValidationError as error:
                self.wrong[institution, product] = "；".join(error.messages)
