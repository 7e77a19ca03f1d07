"""A year's 节假日安排 as it is handed in."""

from __future__ import annotations

from django import forms

from core.workdays.provisional import SOURCE as PROVISIONAL_SOURCE

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
