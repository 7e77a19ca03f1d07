"""One item of a hospital's own list as it is typed; the upload; the word on a doubt."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.documents.hospital_items import MOST_BYTES


class HospitalItemForm(forms.Form):
    """Plain texts: the operation checks them as it checks a row of Excel."""

    his_code = forms.CharField(
        label="院内编码", max_length=64, help_text="本机构 HIS 中的药品或耗材编码，登记后不能改。"
    )
    name = forms.CharField(label="院内名称", max_length=200)
    specification = forms.CharField(label="院内规格", max_length=200, required=False)
    unit = forms.CharField(
        label="院内单位", max_length=20, help_text="HIS 计数的单位，如 盒、片、支。"
    )
    manufacturer_name = forms.CharField(label="生产企业", max_length=200, required=False)
    product_code = forms.CharField(
        label="国家医保编码", max_length=40, required=False,
        help_text="对照到的挂网产品；留空为未对照。可先在“产品检索”里查编码。",
    )  # fmt: skip
    units_per_pack = forms.CharField(
        label="每包装院内单位数", max_length=20, required=False,
        help_text="一个包装合多少个院内单位：院内按盒计填 1，按片计、每盒 28 片填 28。",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    valid_from = forms.CharField(
        label="对照生效日期", max_length=10, required=False,
        help_text="留空表示今天。改变对照只能从今天或以后起，此前的采购和上报按原对照。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    is_stopped = forms.BooleanField(
        label="院内停用", required=False, help_text="不再使用的项目停用后不再要求对照。"
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            self.fields["his_code"].widget.attrs["readonly"] = True

    def raw(self) -> dict[str, str]:
        """The row as the operation reads it."""
        values = {name: str(value or "") for name, value in self.cleaned_data.items()}
        return values | {"is_stopped": "是" if self.cleaned_data["is_stopped"] else ""}


class ItemNoteForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    note = forms.CharField(
        label="核对结论", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明为什么这条对照是对的，如“同一规格，院内按片计”。",
    )  # fmt: skip


class ItemUploadForm(forms.Form):
    file = forms.FileField(
        label="院内目录文件",
        error_messages={"required": "请选择文件", "empty": "文件是空的", "missing": "请选择文件"},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(".xlsx"):
            raise forms.ValidationError("请上传 .xlsx 工作簿，可用页面上的模板")
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"文件超过 {MOST_BYTES // 1_000_000} MB，请分成几份上传")
        return file


class ItemApplyForm(forms.Form):
    """Which checked upload is confirmed, and what its preview showed."""

    upload = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64, min_length=64)
