"""A batch as it is typed: the head by form, or one workbook; rows of its sheets; its documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from catalog.documents.batch_sheets import Sheet
from catalog.models import Batch
from catalog.models.group import Category
from policy.models import Policy

REQUIRED = {"required": "请填写", "invalid": "请填写日期，如 2026-10-01"}


class DayField(forms.DateField):
    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(
            label=label, widget=forms.DateInput(attrs={"type": "date"}), error_messages=REQUIRED,
            **kwargs,
        )  # fmt: skip


class BatchHeadForm(forms.Form):
    """The batch and its dates; agreement years follow from them and may be changed afterwards."""

    code = forms.CharField(label="批次代码", max_length=40, error_messages=REQUIRED)
    name = forms.CharField(label="批次名称", max_length=200, error_messages=REQUIRED)
    category = forms.ChoiceField(label="类别", choices=Category.choices)
    organizer = forms.ChoiceField(label="组织方", choices=Batch.Organizer.choices)
    policy_code = forms.ChoiceField(label="适用政策")
    issued_on = DayField("公布日期")
    effective_on = DayField("执行日期")
    ends_on = DayField("周期截止")

    def __init__(self, *args: Any, policies: Iterable[Policy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy_code"].choices = [  # type: ignore[attr-defined]
            (each.code, each.name) for each in policies
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("effective_on"), cleaned.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", f"早于执行日期 {starts}，请核对")
        return cleaned


class WorkbookForm(forms.Form):
    """One Excel file."""

    file = forms.FileField(
        label="批次工作簿",
        error_messages={"required": "请选择文件", "empty": "文件是空的", "missing": "请选择文件"},
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class RowForm(forms.Form):
    """A row of one sheet, as text: the check of the whole tells what is wrong with it."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in sheet.columns:
            if column.choices:
                self.fields[column.key] = forms.ChoiceField(
                    label=column.label, choices=column.choices, required=column.required
                )
                continue
            self.fields[column.key] = forms.CharField(
                label=column.label, max_length=200, required=column.required,
                help_text=f"如 {column.example}" if column.example else "",
                error_messages={"required": f"请填写{column.label}"},
            )  # fmt: skip


class PartForm(forms.Form):
    """One part of the execution document."""

    part = forms.CharField(max_length=10)
    file = forms.FileField(required=False, allow_empty_file=True)


class DraftStepForm(forms.Form):
    """A step on a draft: the version that was seen, and words where the step asks for them."""

    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    note = forms.CharField(required=False, max_length=300)
    lead_reason = forms.CharField(required=False, max_length=300)
