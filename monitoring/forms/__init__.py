"""What people type about a warning; the same checks serve page and API."""

from __future__ import annotations

from django import forms

from monitoring.states import ENTRY_REASONS


class SeenVersion(forms.Form):
    """The version of the warning that its reader had before them."""

    version = forms.IntegerField(
        min_value=1,
        widget=forms.HiddenInput,
        error_messages={
            "required": "页面没有带上版本，请刷新本页后再办理",
            "invalid": "页面版本不能识别，请刷新本页后再办理",
            "min_value": "页面版本不能识别，请刷新本页后再办理",
        },
    )


class ExplanationForm(SeenVersion):
    explanation = forms.CharField(
        label="情况说明",
        max_length=4000,
        min_length=5,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="写明原因、已采取的措施和完成时间；可上传佐证材料",
        error_messages={
            "required": "请填写情况说明：原因、已采取的措施和完成时间",
            "min_length": "说明过短，请写明原因、已采取的措施和完成时间",
        },
    )


class ClosingNoteForm(SeenVersion):
    closing_note = forms.CharField(
        label="核实意见",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "请填写核实意见；退回时写明需要补充什么"},
    )


class BulkNoteForm(forms.Form):
    """One opinion for all of the chosen warnings."""

    closing_note = forms.CharField(
        label="核实意见（写入所选的每一件）",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请填写核实意见；退回时写明需要补充什么"},
    )


class EntryReasonForm(SeenVersion):
    """Why a selected product with agreed quantity was not bought yet."""

    reason_code = forms.ChoiceField(
        label="未进院原因", choices=(("", "请选择"), *ENTRY_REASONS),
        help_text="费用控制、药占比、品种规格数量限制、药事会未审定不得作为理由，如实填写的将被要求整改。",
    )  # fmt: skip
    explanation = forms.CharField(
        label="说明", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明情况和计划采购的时间。",
    )  # fmt: skip


class EntryFollowForm(SeenVersion):
    follow_up = forms.CharField(
        label="跟进意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="登记跟进的，写明督促情况；退回的，写明要补充或整改什么。",
    )  # fmt: skip
