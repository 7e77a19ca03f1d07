"""What is typed about service items, their prices, consumables, candidates and eligibility."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.forms.listings import DAY, NUMBER, REQUIRED
from catalog.forms.product_input import CodeInput, ProductInput
from catalog.models import (
    Group,
    Product,
    ServiceCandidate,
    ServiceConsumable,
    ServiceEligibility,
    ServiceItem,
    ServicePrice,
)
from catalog.queries.known_services import KnownServices
from core.numbers.typed import TypedNumber
from organisations.models import Organisation


def _day(label: str, **extra: Any) -> forms.DateField:
    return forms.DateField(
        label=label, input_formats=["%Y-%m-%d"], error_messages=DAY,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **extra,
    )  # fmt: skip


def _amount(label: str, digits: int = 18, **extra: Any) -> TypedNumber:
    return TypedNumber(
        label=label, max_digits=digits, decimal_places=4,
        error_messages=REQUIRED | {"max_decimal_places": "最多四位小数"}, **extra,
    )  # fmt: skip


def _choice(label: str, choices: Any, **extra: Any) -> forms.ChoiceField:
    words = "、".join(str(word) for _, word in choices if word)
    return forms.ChoiceField(
        label=label, choices=choices,
        error_messages=REQUIRED | {"invalid_choice": f"应为{words}"}, **extra,
    )  # fmt: skip


def _text(label: str, length: int, rows: int = 3, **extra: Any) -> forms.CharField:
    made: Any = forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=REQUIRED, **extra,
    )  # fmt: skip
    made.wide = True
    field: forms.CharField = made
    return field


def _clause(label: str, **extra: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=200, error_messages=REQUIRED, **extra)


class ServiceForm(forms.Form):
    """Codes are looked up in the person's own sight; values carry what the operation takes."""

    def __init__(self, *args: Any, known: KnownServices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def values(self) -> dict[str, Any]:
        """The cleaned data by the operation's names: `group_code` is its `group`."""
        return {name.removesuffix("_code"): each for name, each in self.cleaned_data.items()}


class ServiceItemForm(ServiceForm):
    code = forms.RegexField(
        r"^[0-9A-Z][0-9A-Z.\-]{3,19}$", label="项目编码", max_length=20,
        error_messages=REQUIRED | {"invalid": "4 至 20 位数字、大写字母、点或横线"},
        help_text="国家医疗服务价格项目编码。",
    )  # fmt: skip
    name = forms.CharField(label="项目名称", max_length=200, error_messages=REQUIRED)
    unit = forms.CharField(
        label="计价单位", max_length=20, error_messages=REQUIRED, help_text="如：次、例、单侧。"
    )
    category = _choice("类别", ServiceItem.Category.choices)
    content = _text("项目内涵", 1000, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class OfItemForm(ServiceForm):
    item_code = forms.CharField(
        label="服务项目", max_length=20, error_messages=REQUIRED, widget=CodeInput("service-item"),
        help_text="输入项目名称、拼音首字母或编码，从列出的项目中选择。",
    )  # fmt: skip

    def clean_item_code(self) -> ServiceItem:
        found = self.known.item(self.cleaned_data["item_code"].strip())
        if found is None:
            raise forms.ValidationError("没有这个服务项目，请核对编码或由省级医保局先登记")
        return found


class ServicePriceForm(OfItemForm):
    kind = _choice("种类", ServicePrice.Kind.choices)
    level = _choice(
        "机构等级", [("", "不分等级"), *Organisation.Level.choices], required=False,
        help_text="价格按医院等级不同的，分别设定；中位价不分。",
    )  # fmt: skip
    price = _amount("价格", unit="元", help_text="每个计价单位的价格。")
    valid_from = _day("起始日", help_text="现行价格不早于今天；首次登记和中位价可填实际起始日。")
    clause = _clause("依据或来源", help_text="文件名称、文号，或中位价的公布来源和日期。")


class ServiceConsumableForm(OfItemForm):
    group_code = forms.CharField(
        label="品种", max_length=40, required=False, widget=CodeInput("group"),
        help_text="品种和产品填其中一项；输入名称、拼音首字母或代码查找。",
    )  # fmt: skip
    product_code = forms.CharField(
        label="产品", max_length=27, required=False, widget=ProductInput,
        help_text="输入名称、拼音首字母或编码查找。",
    )  # fmt: skip
    way = _choice("收费方式", ServiceConsumable.Way.choices)
    quantity = _amount("每次用量", help_text="每做一次服务用多少，按品种的计量单位。")
    valid_from = _day("起始日")
    clause = _clause("依据")

    def clean_group_code(self) -> Group | None:
        code = self.cleaned_data["group_code"].strip()
        found = self.known.group(code) if code else None
        if code and found is None:
            raise forms.ValidationError("没有这个品种，请核对代码")
        return found

    def clean_product_code(self) -> Product | None:
        code = self.cleaned_data["product_code"].strip()
        found = self.known.product(code) if code else None
        if code and found is None:
            raise forms.ValidationError("没有这个产品，请核对国家医保编码")
        return found


class ServiceEligibilityForm(ServiceForm):
    institution_code = forms.CharField(
        label="医疗机构", max_length=18, error_messages=REQUIRED, widget=CodeInput("institution"),
        help_text="输入名称、拼音首字母或定点编码，从列出的机构中选择。",
    )  # fmt: skip
    year = forms.IntegerField(
        label="考核年度", min_value=2019, max_value=2100, error_messages=NUMBER
    )
    verdict = _choice("结论", ServiceEligibility.Verdict.choices)
    share = _amount(
        "考核值",
        7,
        min_value=0,
        required=False,
        help_text="考核结果给出数值的填写，如完成率 0.95。",
    )
    reason = _text("理由", 500, rows=2, help_text="是否按要求使用中选产品；医疗机构能看到。")
    clause = _clause("依据", help_text="考核结果的文件名称和文号。")
    valid_from = _day("起始日")

    def clean_institution_code(self) -> Organisation:
        found = self.known.organisation(self.cleaned_data["institution_code"].strip())
        if found is None or found.kind != Organisation.Kind.INSTITUTION:
            raise forms.ValidationError("没有这家医疗机构，请核对定点编码")
        return found


class EndForm(forms.Form):
    valid_to = _day("结束日（不含）")


class SeenForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class EvaluateForm(SeenForm):
    way = _choice("评估方式", ServiceCandidate.Way.choices)
    opinion = _text("评估意见", 4000, help_text="写明为什么现在评估、依据哪些数据。")


class AdjustForm(SeenForm):
    price = _amount("新价格", unit="元", help_text="每个计价单位的价格。")
    valid_from = _day("起始日")
    clause = _clause("调价文件")
    held_back = forms.BooleanField(
        label="有差别执行", required=False,
        help_text="按要求使用中选产品的机构先执行，其余机构暂缓（S2-9.2）。",
    )  # fmt: skip
    deferred_from = _day("暂缓机构起始日", required=False, help_text="未定的留空，定了再调整。")
    opinion = _text("评估意见", 4000)


class DeclineForm(SeenForm):
    reason = _text("不予调整原因", 2000)


class DeferredForm(forms.Form):
    deferred_from = _day("暂缓机构起始日")
