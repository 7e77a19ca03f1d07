"""What people type about a warning; the same checks serve page and API."""

from __future__ import annotations

from django import forms


class SeenVersion(forms.Form):
    """The version of the warning that its reader had before them."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput, required=False)


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
