"""What people type about a warning; the same checks serve page and API."""

from __future__ import annotations

from django import forms


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
