"""What a distributor types of an e-invoice, by itself or in a row of a sheet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.quality import DAY, say_what_is_missing
from core.numbers.typed import TypedNumber

MOST = Decimal(10) ** 12


def _yuan(label: str, *, least: Decimal, most: Decimal = MOST, **more: Any) -> TypedNumber:
    return TypedNumber(
        label=label, unit="元", min_value=least, max_value=most, decimal_places=2, **more
    )


class _Head(forms.Form):
    def __init__(self, *args: Any, known: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class InvoiceForm(_Head):
    note_no = forms.CharField(
        label="配送单号", max_length=60, help_text="一张发票对应一张配送单中还没有开票的全部数量。"
    )
    invoice_no = forms.CharField(
        label="发票号码", max_length=20, help_text="数电票号码，20 位数字。"
    )
    issued_on = forms.DateField(label="开票日期", widget=DAY)
    buyer_tax_no = forms.CharField(label="购买方纳税人识别号", max_length=20)
    net = _yuan("金额（不含税）", least=Decimal(0))
    tax = _yuan("税额", least=Decimal(0))
    total = _yuan("价税合计", least=Decimal(0))
    first_no = forms.CharField(
        label="第一票发票号码", max_length=20, required=False,
        help_text="两票制：生产企业开给本企业的发票；三项一起填写。",
    )  # fmt: skip
    first_on = forms.DateField(label="第一票开票日期", required=False, widget=DAY)
    first_seller_tax_no = forms.CharField(
        label="第一票销售方纳税人识别号", max_length=20, required=False
    )


class RedInvoiceForm(_Head):
    """Amounts as on the paper: negative. Everything that is left of the blue one is taken back."""

    invoice_no = forms.CharField(label="红字发票号码", max_length=20, help_text="20 位数字。")
    issued_on = forms.DateField(label="开票日期", widget=DAY)
    delivery_no = forms.CharField(
        label="配送号", max_length=40, required=False,
        help_text="只冲减一个配送时填写；空着冲减这张发票剩余的全部。",
    )  # fmt: skip
    packs = TypedNumber(
        label="冲减数量", unit="包装", min_value=0, max_value=MOST, decimal_places=4, required=False,
        help_text="填写配送号时填写。",
    )  # fmt: skip
    net = _yuan("金额（不含税）", least=-MOST, most=Decimal(0))
    tax = _yuan("税额", least=-MOST, most=Decimal(0))
    total = _yuan("价税合计", least=-MOST, most=Decimal(0), help_text="负数，照票面。")
    reason = forms.CharField(
        label="红字原因", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        number, packs = given.pop("delivery_no", ""), given.pop("packs", None)
        if bool(number) != (packs is not None):
            self.add_error("packs", "配送号和冲减数量要么都填，要么都不填")
        given["packs"] = {number: packs} if number and packs is not None else {}
        return given
