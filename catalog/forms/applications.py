"""What people type into an application; the rules check it, for page, API and Excel alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from catalog.rules.applications.fields import CATEGORIES, CHOICE, DAY, FIELDS, LONG, NUMBER

NO_VERSION = {
    "required": "页面没有带上版本，请刷新本页后再办理",
    "invalid": "页面版本不能识别，请刷新本页后再办理",
    "min_value": "页面版本不能识别，请刷新本页后再办理",
}


class SeenVersionForm(forms.Form):
    version = forms.IntegerField(
        min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput, error_messages=NO_VERSION
    )


class ApplicationForm(forms.Form):
    """The fields of one kind; what is wrong with a value is said by the operation."""

    reason = forms.CharField(
        label="申请说明", required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text="为什么变更、需要说明的情况。",
    )  # fmt: skip

    def __init__(
        self, *args: Any, kind: str, provinces: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        made: dict[str, forms.Field] = {}
        if provinces and len(provinces) > 1:
            made["province"] = forms.ChoiceField(
                label="向哪个省申请", choices=[("", "请选择"), *provinces.items()], required=False
            )
        for field in FIELDS[kind]:
            made[field.code] = _form_field(field)
        self.fields = made | self.fields

    @property
    def values(self) -> dict[str, object]:
        return {
            name: value for name, value in self.cleaned_data.items()
            if name not in ("reason", "province")
        }  # fmt: skip

    def say(self, problems: Mapping[str, str]) -> None:
        """Put the operation's problems beside their fields."""
        for name, reason in problems.items():
            self.add_error(name if name in self.fields else None, reason)


def _form_field(field: Any) -> forms.Field:
    made: Any
    if field.type == CHOICE:
        made = forms.ChoiceField(choices=[("", "请选择"), *CATEGORIES.items()])
    elif field.type == LONG:
        made = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}))
        made.wide = True
    else:
        attrs = {"type": "date"} if field.type == DAY else {}
        if field.type == NUMBER:
            attrs = {"inputmode": "decimal"}
        made = forms.CharField(widget=forms.TextInput(attrs=attrs))
    made.label, made.help_text = field.label, field.help
    made.required = field.required
    made.error_messages["required"] = f"请填写{field.label}"
    made.unit = field.unit
    found: forms.Field = made
    return found


class PaperForm(forms.Form):
    """One paper: its file, and where it stands for one that does not exist, why."""

    paper = forms.CharField(max_length=30)
    substitute = forms.CharField(max_length=30, required=False)
    missing_reason = forms.CharField(max_length=300, required=False)


class OpinionForm(SeenVersionForm):
    """A reviewer's step."""

    opinion = forms.CharField(
        label="审核意见", required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回补正和不予通过时必须写明原因；退回时可逐项写明。",
    )  # fmt: skip
    effective_on = forms.DateField(
        label="生效日期", required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "生效日期请写成 2026-01-31"},
    )  # fmt: skip


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label="异议内容", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明哪一项不实、依据是什么；可附材料。",
        error_messages={"required": "请写明异议内容：哪一项不实、依据是什么"},
    )  # fmt: skip


class RulingForm(SeenVersionForm):
    ruling = forms.CharField(
        label="裁定理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请填写裁定理由"},
    )  # fmt: skip
    upheld = forms.ChoiceField(
        choices=(("1", "成立"), ("0", "不成立")),
        error_messages={"required": "请选择成立或不成立", "invalid_choice": "请选择成立或不成立"},
    )
