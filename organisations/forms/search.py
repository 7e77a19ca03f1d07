"""Search boxes of the administrators' lists."""

from __future__ import annotations

from typing import Any

from django import forms

from core.audit.models import AuditEvent
from organisations.queries.audit_words import object_choices

MOST_BYTES = 10 * 2**20


class AuditSearch(forms.Form):
    """Days are whole days of Asia/Shanghai, both included."""

    q = forms.CharField(label="对象或请求编号", required=False, max_length=200)
    actor = forms.CharField(label="操作人", required=False, max_length=150)
    action = forms.CharField(
        label="操作", required=False, max_length=80, help_text="操作的中文名称或代码开头。"
    )
    object_type = forms.ChoiceField(
        label="对象类型", required=False, choices=lambda: [("", "全部"), *object_choices()]
    )
    outcome = forms.ChoiceField(
        label="结果", required=False, choices=[("", "全部"), *AuditEvent.Outcome.choices]
    )
    date_from = forms.DateField(
        label="自", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    date_to = forms.DateField(
        label="至", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        start, end = data.get("date_from"), data.get("date_to")
        if start and end and start > end:
            self.add_error("date_to", "截止日期不能早于起始日期")
        return data


class IntegrityForm(forms.Form):
    """A digest that the auditor kept from an earlier day."""

    head = forms.RegexField(
        r"^[0-9a-f]{64}\Z",
        label="以前留存的摘要",
        required=False,
        help_text="填写后一并核对链的末尾有没有被截去。",
        error_messages={"invalid": "摘要为 64 位十六进制字符"},
    )
    copy = forms.FileField(
        label="以前下载的留存文件",
        required=False,
        help_text="heads.jsonl，不超过 10 MB；与平台现有的留存文件和链逐行核对。",
    )

    def clean_copy(self) -> str:
        """The file's text; a file that is none of ours is refused here."""
        given = self.cleaned_data.get("copy")
        if given is None:
            return ""
        if given.size > MOST_BYTES:
            raise forms.ValidationError("文件超过 10 MB")
        try:
            return str(given.read().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError("文件不是平台下载的 heads.jsonl") from error
