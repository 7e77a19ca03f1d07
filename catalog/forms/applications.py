"""What people type into an application; the rules check it, for page, API and Excel alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from catalog.rules.applications.fields import CATEGORIES, CHOICE, DAY, FIELDS, LONG, NUMBER
from catalog.rules.applications.papers import Paper

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


class PapersForm(forms.Form):
    """All papers of an application: `file-`, `sub-` and `why-` with the paper's code behind them.

    A paper is handed in where a file was chosen, or another substitute than the one held.
    """

    def __init__(
        self, *args: Any, papers: Iterable[Paper], held: Mapping[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.papers, self.held = list(papers), held
        for paper in self.papers:
            self.fields[f"file-{paper.code}"] = forms.FileField(
                required=False, allow_empty_file=True,
                error_messages={"invalid": "没有收到文件，请重新选择", "max_length": "文件名过长"},
            )  # fmt: skip
            self.fields[f"sub-{paper.code}"] = forms.CharField(max_length=30, required=False)
            self.fields[f"why-{paper.code}"] = forms.CharField(
                max_length=300, required=False,
                error_messages={"max_length": "没有的原因不超过 300 字"},
            )  # fmt: skip

    @staticmethod
    def paper_of(name: str) -> str:
        """The paper's code of a field's name."""
        return name.partition("-")[2]

    def handed(self) -> list[dict[str, Any]]:
        """What was handed in, as the operation takes it."""
        values = self.cleaned_data
        found = []
        for code in (paper.code for paper in self.papers):
            upload, substitute = values[f"file-{code}"], values[f"sub-{code}"]
            if upload or substitute != self.held.get(code, ""):
                found.append(
                    {
                        "paper": code, "upload": upload or None, "substitute": substitute,
                        "missing_reason": values[f"why-{code}"],
                    }
                )  # fmt: skip
        return found

    def typed(self) -> dict[str, str]:
        """As it was typed, to be shown again beside what is wrong."""
        return {
            name: str(self.data.get(name, ""))
            for name in self.fields
            if not name.startswith("file-")
        }


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
