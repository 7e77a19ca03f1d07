"""What is typed about complaints and contacts."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.forms.quality import DAY, ScopedForm, say_what_is_missing
from catalog.models import Product
from complaints.models import Complaint
from complaints.rules import OF_ENTERPRISES, OF_INSTITUTIONS
from core.numbers.typed import TypedNumber


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _categories(values: tuple[str, ...]) -> list[tuple[str, str]]:
    labels = dict(Complaint.Category.choices)
    return [("", "请选择"), *((value, str(labels[Complaint.Category(value)])) for value in values)]


class LineFields(ScopedForm):
    """The order line that a complaint is about."""

    order_no = forms.CharField(label="订单号", max_length=60, required=False)
    line_no = forms.IntegerField(label="订单行号", min_value=1, max_value=100_000, required=False)


class InstitutionComplaintForm(LineFields):
    """An institution's: a product or an order line."""

    category = forms.ChoiceField(label="类别", choices=_categories(OF_INSTITUTIONS))
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, required=False,
        help_text="填了订单号和行号时可以不填。",
    )  # fmt: skip
    lot_no = forms.CharField(label="批号", max_length=60, required=False)
    prior_price = TypedNumber(
        label="集采前采购价", unit="元/包装", required=False, min_value=0, max_value=10**9,
        decimal_places=4, help_text="只在“集采前价格更低”时填写，须低于现行价。",
    )  # fmt: skip
    hold_use = forms.BooleanField(
        label="本机构同时暂停使用", required=False,
        help_text="只用于质量或不良反应；没有填批号的，暂停全部批号，期间不能采购。",
    )  # fmt: skip
    content = forms.CharField(
        label="情况说明", max_length=4000, widget=_words(5),
        help_text="写明时间、数量、影响和要求；不要写患者姓名和证件号。",
    )  # fmt: skip
    content.wide = True  # type: ignore[attr-defined]

    field_order = ("category", "product_code", "order_no", "line_no", "lot_no", "prior_price",
                   "hold_use", "content")  # fmt: skip

    def clean_product_code(self) -> Product | None:
        return self.product("product_code") if self.cleaned_data["product_code"].strip() else None


class EnterpriseComplaintForm(LineFields):
    """An enterprise's: the order line that it supplies names the institution."""

    category = forms.ChoiceField(label="类别", choices=_categories(OF_ENTERPRISES))
    order_no = forms.CharField(label="订单号", max_length=60)
    line_no = forms.IntegerField(label="订单行号", min_value=1, max_value=100_000)
    content = forms.CharField(
        label="情况说明",
        max_length=4000,
        widget=_words(5),
        help_text="写明时间、金额或数量、要求。",
    )
    content.wide = True  # type: ignore[attr-defined]

    field_order = ("category", "order_no", "line_no", "content")


class ComplaintWordsForm(forms.Form):
    """A word in the thread; it depends on no state, so on no version."""

    words = forms.CharField(max_length=4000, widget=_words(4), required=False)

    def __init__(self, *args: Any, label: str = "内容", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = label
        say_what_is_missing(self)


class ComplaintStepForm(ComplaintWordsForm):
    """The words of a step with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ComplaintReplyForm(ComplaintStepForm):
    promised_on = forms.DateField(label="承诺解决日期", widget=DAY)


class ContactForm(ScopedForm):
    name = forms.CharField(label="姓名", max_length=40)
    post = forms.CharField(label="岗位", max_length=60, help_text="如：药剂科采购员、商务经理。")
    phone = forms.CharField(
        label="工作电话", max_length=20,
        help_text="有往来的各方都能看到，请填办公电话；只写数字和连字符。",
    )  # fmt: skip
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, required=False, help_text="只负责某个产品时填写。"
    )

    def clean_product_code(self) -> Product | None:
        return self.product("product_code") if self.cleaned_data["product_code"].strip() else None


class ContactStepForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class EscalateForm(forms.Form):
    """The words of many passed on at once."""

    text = forms.CharField(label="上报原因", max_length=2000, widget=_words(3))
