"""The open form of registration, by kind; looking up a receipt; the bureau's review."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from organisations.forms.people import USERNAME, clean_text
from organisations.models import Organisation, Registration
from organisations.operations.registration import Particulars
from organisations.operations.review_registration import REVIEWED_FIELDS
from organisations.queries.registrations import public_region_choices, region_by_code
from organisations.rules import credit_code_verdict

PHONE = RegexValidator(r"^[0-9+() -]{7,30}\Z", "电话为 7 至 30 位数字、空格和 + - ( )")
INSTITUTION_CODE = RegexValidator(
    r"^[0-9A-Z]{6,18}\Z", "定点医药机构编码为 6 至 18 位数字和大写字母"
)
TEXTS = ("name", "address", "contact_name", "admin_name")


class RegistrationForm(forms.Form):
    """What both kinds are asked; subclasses add their own."""

    kind = ""
    name = forms.CharField(label="单位名称", max_length=200, help_text="与证照上的名称完全一致。")
    credit_code = forms.CharField(label="统一社会信用代码", max_length=18)
    region = forms.ChoiceField(label="所在地")
    address = forms.CharField(label="地址", max_length=200)
    contact_name = forms.CharField(label="联系人", max_length=50)
    contact_phone = forms.CharField(label="联系电话", max_length=30, validators=[PHONE])
    admin_username = forms.CharField(
        label="管理员用户名",
        max_length=50,
        validators=[USERNAME],
        help_text="通过后由其邀请本单位其他人员。小写字母开头，可含数字和 . _ -。",
    )
    admin_name = forms.CharField(label="管理员姓名", max_length=50)
    admin_phone = forms.CharField(label="管理员电话", max_length=30, validators=[PHONE])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "请选择"), *public_region_choices()]
        self.fields["region"].choices = choices  # type: ignore[attr-defined]

    def clean_credit_code(self) -> str:
        code = unicodedata.normalize("NFKC", self.cleaned_data["credit_code"]).strip().upper()
        verdict = credit_code_verdict(code)
        if not verdict:
            raise forms.ValidationError(verdict.reason)
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in TEXTS:
            if name in data:
                data[name] = clean_text(data[name])
                if not data[name]:
                    self.add_error(name, "请填写")
        return data

    def particulars(self) -> Particulars:
        """The cleaned values for the operation; the region as its row."""
        values = dict(self.cleaned_data)
        region = region_by_code(values.pop("region"))
        assert region is not None
        values.setdefault("code", values["credit_code"])
        return Particulars(kind=self.kind, region=region, **values)


class InstitutionForm(RegistrationForm):
    kind = "institution"
    code = forms.CharField(
        label="定点医药机构编码", max_length=18, validators=[INSTITUTION_CODE],
        help_text="国家医保信息业务编码，作为平台编码。",
    )  # fmt: skip
    level = forms.ChoiceField(label="等级", choices=Organisation.Level.choices)
    ownership = forms.ChoiceField(label="性质", choices=Organisation.Ownership.choices)
    institution_kind = forms.ChoiceField(
        label="机构类型", choices=Organisation.InstitutionKind.choices
    )
    field_order = (
        "name", "credit_code", "code", "region", "level", "ownership", "institution_kind",
    )  # fmt: skip


class EnterpriseForm(RegistrationForm):
    kind = "enterprise"
    is_manufacturer = forms.BooleanField(label="生产企业", required=False)
    is_distributor = forms.BooleanField(label="配送企业", required=False)
    field_order = ("name", "credit_code", "region", "is_manufacturer", "is_distributor")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not (data.get("is_manufacturer") or data.get("is_distributor")):
            self.add_error("is_manufacturer", "请至少选择生产企业或配送企业")
        return data


FORMS: dict[str, type[RegistrationForm]] = {
    "institution": InstitutionForm,
    "enterprise": EnterpriseForm,
}


def initial_of(row: Registration) -> dict[str, Any]:
    """What was filled in before, for the form."""
    names = FORMS[row.kind].base_fields
    values = {name: getattr(row, name) for name in names if name != "region"}
    return {**values, "region": row.region.code}


class ReceiptForm(forms.Form):
    no = forms.RegexField(
        r"^ZC[0-9A-Z]{8,22}\Z",
        label="回执号",
        max_length=24,
        error_messages={"invalid": "回执号以 ZC 开头，请核对", "required": "请输入回执号"},
    )


class EditCodeForm(ReceiptForm):
    code = forms.CharField(label="修改码", max_length=20)


class ReviewForm(forms.Form):
    """The bureau's decision: the note, and by item what has to be mended."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    review_note = forms.CharField(
        label="审核意见", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in REVIEWED_FIELDS.items():
            self.fields[f"item_{name}"] = forms.CharField(
                label=label, required=False, max_length=300
            )

    def findings(self) -> dict[str, str]:
        return {
            name: self.cleaned_data[f"item_{name}"]
            for name in REVIEWED_FIELDS
            if self.cleaned_data[f"item_{name}"]
        }
