"""A year's 节假日安排 as it is handed in, and a new value of a parameter as it is typed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from core.numbers.typed import TypedNumber
from core.workdays.provisional import SOURCE as PROVISIONAL_SOURCE
from policy.models import Document, Parameter
from policy.queries.parse import parse_ratios
from policy.queries.words import choice_words, plain
from policy.states import ValueType

FIRST_YEAR, LAST_YEAR = 2004, 2099
MAX_UPLOAD = 1_000_000


class CalendarUploadForm(forms.Form):
    year = forms.IntegerField(
        label="年份",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages={
            "invalid": "年份须为四位数字",
            "required": "请填写年份",
            "min_value": f"年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间",
            "max_value": f"年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间",
        },
    )
    source = forms.CharField(
        label="依据文件",
        min_length=4,
        max_length=200,
        help_text="国务院办公厅关于部分节假日安排的通知，写明文号，如“国办发明电〔2026〕7号”。",
        error_messages={
            "required": "请填写依据文件的名称或文号",
            "min_length": "请写全文件名称或文号",
        },
    )
    file = forms.FileField(
        label="日历文件",
        error_messages={"required": "请选择文件", "empty": "文件是空的", "missing": "请选择文件"},
    )

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"]
        if source == PROVISIONAL_SOURCE:
            raise forms.ValidationError("请填写公布该年安排的文件，不是暂定的说明")
        return source

    def clean_file(self) -> object:
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise forms.ValidationError("文件超过 1 MB，不是一年的日历")
        return file


PERCENT, YES_NO, WHOLE, DECIMAL = "percent", "yes_no", "whole", "decimal"
WHOLE_UNITS = ("小时", "工作日", "日", "家", "行", "笔", "月", "季度", "第几个月")
IN_FORCE = (("1", "执行"), ("0", "不在执行"))
RATIO_LABELS = ("1 家中选", "2 家中选", "3 家中选", "4 家及以上")
MONTHS_AHEAD = 18
REQUIRED = {"required": "请填写"}


def kind_of(parameter: Parameter) -> str:
    """How a value is typed on the page: a percentage, a whole number, a choice, …"""
    if parameter.value_type != ValueType.NUMBER:
        return str(parameter.value_type)
    if parameter.unit == "比例":
        return PERCENT
    if parameter.unit == "是否":
        return YES_NO
    return WHOLE if parameter.unit in WHOLE_UNITS else DECIMAL


class ValueChangeForm(forms.Form):
    """A new value of one parameter, typed as its kind is, with day, clause, document and reason.

    `value_text` gives the value as policies write it: 30 % is "0.3", not in force is None.
    """

    in_force = forms.ChoiceField(label="是否执行", choices=IN_FORCE, widget=forms.RadioSelect)
    valid_from = forms.ChoiceField(
        label="生效日", help_text="指标和预警按月计算，从所选月份起按新取值；已结束的月份不变。",
        error_messages={"invalid_choice": "请从列出的月份中选择", "required": "请选择生效日"},
    )  # fmt: skip
    clause = forms.CharField(
        label="依据条款", max_length=120, help_text="如“赣2024 五”。",
        error_messages={"required": "请填写依据的条款"},
    )  # fmt: skip
    document = forms.ChoiceField(label="依据文件", required=False)
    reason = forms.CharField(
        label="调整理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写调整理由"},
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        parameter: Parameter,
        documents: Iterable[Document],
        today: date,
        current: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind_of(parameter)
        self.unit = {PERCENT: "%", "ratio_list": "%", YES_NO: ""}.get(self.kind, parameter.unit)
        self.fields |= self._value_fields(parameter)
        self.fields["valid_from"].choices = month_choices(today)  # type: ignore[attr-defined]
        self.fields["document"].choices = [  # type: ignore[attr-defined]
            ("", "—"), *((each.code, str(each)) for each in documents),
        ]  # fmt: skip
        self.initial = self._shown(current) | {"in_force": "0" if current is None else "1"}
        self.value_names = [name for name in self.fields if name.startswith("value")]
        first = self.fields[self.value_names[0]]
        first.required = self.data.get("in_force") != "0"
        first.error_messages["required"] = "请填写新取值，或选择“不在执行”"

    def _value_fields(self, parameter: Parameter) -> dict[str, forms.Field]:
        if self.kind == "ratio_list":
            return {
                f"value_{n}": percent_field(label, required=False)
                for n, label in enumerate(RATIO_LABELS, start=1)
            }
        if self.kind == PERCENT:
            return {"value": percent_field("新取值", required=False)}
        if self.kind == YES_NO:
            return {"value": choice_field([("1", "是"), ("0", "否")])}
        if self.kind == "choice":
            words = [(each, choice_words(parameter.key, each)) for each in parameter.choices]
            return {"value": choice_field(words)}
        if self.kind == "text":
            return {"value": forms.CharField(label="新取值", max_length=60, required=False)}
        places = 0 if self.kind == WHOLE else 4
        return {
            "value": TypedNumber(
                label="新取值", required=False, min_value=0, max_digits=14, decimal_places=places,
                error_messages=number_messages(places),
            )
        }  # fmt: skip

    def _shown(self, current: str | None) -> dict[str, Any]:
        """The value in force as the fields show it."""
        if current is None:
            return {}
        if self.kind == "ratio_list":
            return {
                f"value_{n}": plain(ratio * 100)
                for n, ratio in enumerate(parse_ratios(current), start=1)
            }
        if self.kind == PERCENT:
            return {"value": plain(Decimal(current) * 100)}
        if self.kind in (WHOLE, DECIMAL):
            return {"value": format(Decimal(current).normalize(), "f")}
        return {"value": current}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("in_force") == "1":
            self._refuse_gaps(cleaned)
        return cleaned

    def _refuse_gaps(self, cleaned: dict[str, Any]) -> None:
        given = [cleaned.get(name) is not None for name in self.value_names]
        if self.kind == "ratio_list" and given != sorted(given, reverse=True):
            name = self.value_names[given.index(False)]
            self.add_error(name, "前面的比例不能空着：请依次填写")

    @property
    def value_text(self) -> str | None:
        cleaned = self.cleaned_data
        if cleaned["in_force"] == "0":
            return None
        if self.kind in (PERCENT, "ratio_list"):
            ratios = [cleaned[name] for name in self.value_names if cleaned[name] is not None]
            return "/".join(format((ratio / 100).normalize(), "f") for ratio in ratios)
        value = cleaned["value"]
        return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def month_choices(today: date) -> list[tuple[str, str]]:
    """The first days of this month and those that follow."""
    index = today.year * 12 + today.month - 1
    days = [date(number // 12, number % 12 + 1, 1) for number in range(index, index + MONTHS_AHEAD)]
    return [(f"{day:%Y-%m-%d}", f"{day.year} 年 {day.month} 月 1 日起") for day in days]


def percent_field(label: str, *, required: bool) -> TypedNumber:
    return TypedNumber(
        label=label, required=required, min_value=0, max_digits=8, decimal_places=2,
        error_messages=number_messages(2),
    )  # fmt: skip


def number_messages(places: int) -> dict[str, str]:
    """What is told of a number that cannot be."""
    form = f"至多 {places} 位小数" if places else "整数，不带小数"
    return REQUIRED | {
        "min_value": "不能为负数",
        "max_decimal_places": f"请填写{form}",
        "max_digits": "数字过大，请核对单位",
        "max_whole_digits": "数字过大，请核对单位",
    }


def choice_field(choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="新取值", choices=choices, required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请从列出的取值中选择"},
    )  # fmt: skip


class StepForm(forms.Form):
    """A step on a change: the version that was seen, and the reason where one is needed."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    note = forms.CharField(required=False, max_length=300)
