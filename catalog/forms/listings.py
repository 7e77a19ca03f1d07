"""Forms of listings, their prices' limits, shortage lists, 函询 and 差比价."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms

from catalog.forms.product_input import CodeInput, product_field
from catalog.models import Inquiry, Listing, PriceMultiple, ShortageEntry
from catalog.models.group import Category
from core.numbers.typed import TypedNumber

REQUIRED = {"required": "请填写"}
NUMBER = {"required": "请填写", "invalid": "请填写数字，不带千分位和单位"}
DAY = {"required": "请填写日期", "invalid": "日期写成 2026-01-31"}


def _text(label: str, length: int, *, rows: int = 3, **extra: Any) -> forms.CharField:
    made: Any = forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=REQUIRED, **extra,
    )  # fmt: skip
    made.wide = True
    return cast(forms.CharField, made)


def _day(label: str, **extra: Any) -> forms.DateField:
    return forms.DateField(
        label=label, input_formats=["%Y-%m-%d"], error_messages=DAY,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **extra,
    )  # fmt: skip


def _amount(label: str, unit: str = "", **extra: Any) -> TypedNumber:
    return TypedNumber(
        label=label, unit=unit, max_digits=18, decimal_places=4,
        error_messages=REQUIRED | {"max_decimal_places": "最多四位小数"}, **extra,
    )  # fmt: skip


class ClosingForm(forms.Form):
    """Suspend or withdraw, one or many."""

    reason_code = forms.ChoiceField(
        label="原因类别", choices=Listing.Reason.choices,
        error_messages={"required": "请选择", "invalid_choice": "请从列出的原因中选择"},
    )  # fmt: skip
    reason = _text("原因", 1000, help_text="生产企业和医疗机构都能看到，写明事实和数据。")
    clause = forms.CharField(
        label="依据", max_length=200, required=False, help_text="不填则用该原因类别的依据。"
    )
    how_to_restore = _text(
        "恢复办法", 1000, rows=2, required=False, help_text="不填则用该原因类别的恢复办法。"
    )


class VersionForm(forms.Form):
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput, error_messages=NUMBER)


class ListingCloseForm(VersionForm, ClosingForm):
    pass


class ListingRestoreForm(VersionForm):
    reason = _text("恢复理由", 1000)


class ListingNewForm(forms.Form):
    product = product_field("产品")
    way = forms.ChoiceField(label="挂网方式", choices=Listing.Way.choices)
    commitment = _text(
        "书面承诺", 2000, required=False, help_text="附条件挂网必填：企业承诺的供应量、价格和期限。"
    )
    clause = forms.CharField(label="依据", max_length=200, required=False)


class WayForm(VersionForm):
    """By which way a product is listed from now on."""

    way = forms.ChoiceField(
        label="挂网方式", choices=Listing.Way.choices,
        error_messages={"required": "请选择", "invalid_choice": "请从列出的方式中选择"},
    )  # fmt: skip
    clause = forms.CharField(label="依据", max_length=200, required=False)
    commitment = _text(
        "书面承诺",
        2000,
        rows=2,
        required=False,
        help_text="附条件挂网必填：企业承诺的供应量、价格和期限。",
    )
    reason = _text("理由", 1000, rows=2, help_text="写明涨幅、同用途产品等情况，企业能看到。")


class PriceForm(forms.Form):
    """An officer sets a listed price."""

    price = _amount("挂网价", "元/包装")
    valid_from = _day("起始日")
    source = forms.CharField(label="来源", max_length=100, error_messages=REQUIRED)
    clause = forms.CharField(label="依据", max_length=200, required=False)


class RequestForm(forms.Form):
    text = _text("申请理由", 2000, help_text="写明关闭的原因怎样消除，附证明材料。")


class AnswerForm(VersionForm):
    answer = _text("答复意见", 2000, required=False)


class SubjectForm(forms.Form):
    """Names a group or a product by its code; the view finds it within sight."""

    group = forms.CharField(
        label="品种", max_length=40, required=False, widget=CodeInput("group"),
        help_text="品种和产品填其中一项；输入名称、拼音首字母或代码查找。",
    )  # fmt: skip
    product = product_field("产品", required=False)


class MaximumPriceForm(SubjectForm):
    price = _amount("最高挂网价", "元", help_text="品种按计量单位（片、支等）填，产品按包装填。")
    valid_from = _day("起始日")
    clause = forms.CharField(label="依据", max_length=200, error_messages=REQUIRED)
    suspends = forms.BooleanField(
        label="超过即暂停采购", required=False,
        help_text="勾选后，每日核对时自动暂停超过的非中选产品并通知企业；不勾选则由经办逐个确认。",
    )  # fmt: skip


class EndForm(forms.Form):
    """Of a bulk act, whose values are kept as text."""

    valid_to = _day("结束日（不含）")

    def clean_valid_to(self) -> str:
        day: date = self.cleaned_data["valid_to"]
        return day.isoformat()


class EndShortageForm(EndForm):
    clause = forms.CharField(label="依据", max_length=200, error_messages=REQUIRED)


class ShortageForm(SubjectForm):
    kind = forms.ChoiceField(label="清单", choices=ShortageEntry.Kind.choices)
    source = forms.ChoiceField(label="来源", choices=ShortageEntry.Source.choices)
    valid_from = _day("列入日")
    clause = forms.CharField(label="公布文件", max_length=200, error_messages=REQUIRED)


class MultipleForm(forms.Form):
    name = forms.CharField(label="名称", max_length=100, error_messages=REQUIRED)
    reference = forms.ChoiceField(label="参照价", choices=PriceMultiple.Reference.choices)
    category = forms.ChoiceField(
        label="类别", choices=[("", "不限"), *Category.choices], required=False
    )
    quality = forms.ChoiceField(label="适用质量层次", choices=PriceMultiple.Quality.choices)
    yellow = _amount("黄标倍数", "倍", required=False)
    red = _amount("红标倍数", "倍", required=False)
    valid_from = _day("起始日")
    clause = forms.CharField(label="依据", max_length=200, error_messages=REQUIRED)


class ReferenceProductForm(forms.Form):
    product = product_field("产品")
    clause = forms.CharField(label="依据", max_length=200, error_messages=REQUIRED)


class InquiryForm(forms.Form):
    """A question to a manufacturer, to be answered in so many working days."""

    product = product_field("产品")
    subject = forms.ChoiceField(label="事由", choices=Inquiry.Subject.choices)
    question = _text("函询内容", 4000, rows=5)
    workdays = forms.IntegerField(
        label="答复期限（工作日）", min_value=1, max_value=60, initial=5,
        error_messages=NUMBER | {"min_value": "至少 1 个工作日", "max_value": "最多 60 个工作日"},
    )  # fmt: skip
    clause = forms.CharField(label="依据", max_length=200, required=False)


class InquiryAnswerForm(VersionForm):
    answer = _text("答复内容", 4000, rows=5)


class InquirySettleForm(VersionForm):
    closing_note = _text("处理意见", 2000)


MATERIALS = (("none", "相同或不适用"), ("plastic", "大输液塑瓶"), ("soft", "大输液软袋"))


class RatioForm(forms.Form):
    """The calculator: product codes, both specifications, and the amounts that people decide."""

    product = product_field("新增规格")
    representative = product_field("代表品")
    representative_strength = _amount("代表品含量")
    strength = _amount("新增规格含量", help_text="两者用同一单位，例如都用 mg。")
    representative_count = _amount("代表品包装数量")
    count = _amount("新增规格包装数量")
    representative_volume = _amount("代表品装量", required=False)
    volume = _amount("新增规格装量", required=False)
    volume_amount = _amount("装量差额", "元", required=False)
    material = forms.ChoiceField(label="包装材料", choices=MATERIALS, required=False)
    material_amount = _amount("包装材料差额", "元", required=False)


class RatioConfirmForm(RatioForm):
    representative_price = _amount("代表品价格", "元")
    expected = _amount("计算结果", "元")
    valid_from = _day("起始日")
    note = _text("说明", 1000, rows=2, required=False)


class TableUploadForm(forms.Form):
    file = forms.FileField(
        label="工作簿",
        error_messages={"required": "请选择文件", "empty": "文件是空的", "missing": "请选择文件"},
    )
