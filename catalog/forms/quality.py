"""What is typed about inspections, samples, quality reports and holds."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.forms.product_input import CodeInput, ProductInput
from catalog.models import Inspection, Product, QualityReport, Sampling
from catalog.queries.known import Known
from organisations.models import Organisation

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


WHOLE = {
    "invalid": "请填写整数，如 15", "min_value": "不能小于 %(limit_value)s",
    "max_value": "不能大于 %(limit_value)s",
}  # fmt: skip


def say_what_is_missing(form: forms.Form) -> None:
    """What a field asks for, by its own name, instead of 'this field is required'; what a whole
    number is, as TypedNumber says it."""
    for field in form.fields.values():
        field.error_messages["required"] = f"请填写{field.label}"
        if type(field) is forms.IntegerField:
            field.error_messages |= WHOLE


def known_product(known: Known, code: str) -> Product:
    """The product of a typed code in the reader's sight; ValidationError with the way out."""
    found = known.product(code.strip())
    if found is None:
        raise forms.ValidationError("没有这个国家医保编码的产品，请到“产品目录”核对编码")
    return found


class ScopedForm(forms.Form):
    """Names are codes that people type; what they stand for is looked up in their own sight."""

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        say_what_is_missing(self)

    def product(self, name: str) -> Product:
        return known_product(self.known, self.cleaned_data[name])


class InspectionForm(ScopedForm):
    enterprise_code = forms.CharField(
        label="被检查企业", max_length=18, widget=CodeInput("enterprise"),
        help_text="输入名称、拼音首字母或统一社会信用代码，从列出的企业中选择。",
    )  # fmt: skip
    inspected_on = forms.DateField(label="检查日期", widget=DAY)
    coverage = forms.CharField(
        label="检查范围", max_length=300, help_text="如：中选品种生产质量管理、流通仓储。"
    )
    findings = forms.CharField(label="检查发现", max_length=4000, widget=_words(4))
    result = forms.ChoiceField(label="结论", choices=Inspection.Result.choices)
    rectify_by = forms.DateField(
        label="整改期限", required=False, widget=DAY, help_text="结论为限期整改时填写。"
    )

    def clean_enterprise_code(self) -> Organisation:
        found = self.known.organisation(self.cleaned_data["enterprise_code"].strip())
        if found is None or found.kind != Organisation.Kind.ENTERPRISE:
            raise forms.ValidationError("没有这个统一社会信用代码的企业，请核对 18 位代码")
        return found


class FollowUpForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    followed_up_on = forms.DateField(label="跟踪日期", widget=DAY)
    follow_up = forms.CharField(label="跟踪情况", max_length=2000, widget=_words(3))


class SamplingForm(ScopedForm):
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, widget=ProductInput,
        help_text="输入名称、拼音首字母或编码的一部分，从列出的产品中选择。",
    )  # fmt: skip
    lot_no = forms.CharField(label="批号", max_length=60)
    drawn_from_code = forms.CharField(
        label="被抽样单位", max_length=18, widget=CodeInput("sampled"),
        help_text="输入名称、拼音首字母、医疗机构定点编码或统一社会信用代码，从列出的单位中选择。",
    )  # fmt: skip
    sampled_on = forms.DateField(label="抽样日期", widget=DAY)
    paper_no = forms.CharField(label="检验报告号", max_length=60)
    result = forms.ChoiceField(label="检验结果", choices=Sampling.Result.choices)
    failed_items = forms.CharField(
        label="不合格项目", max_length=300, required=False, help_text="不合格时填写。"
    )

    def clean_product_code(self) -> Product:
        return self.product("product_code")

    def clean_drawn_from_code(self) -> Organisation:
        found = self.known.organisation(self.cleaned_data["drawn_from_code"].strip())
        if found is None:
            raise forms.ValidationError("没有这个编码的医疗机构或企业，请核对")
        return found


class QualityReportForm(ScopedForm):
    kind = forms.ChoiceField(label="种类", choices=QualityReport.Kind.choices)
    severity = forms.ChoiceField(label="程度", choices=QualityReport.Severity.choices)
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, widget=ProductInput,
        help_text="输入名称、拼音首字母或编码的一部分，从列出的产品中选择。",
    )  # fmt: skip
    lot_no = forms.CharField(label="批号", max_length=60, required=False)
    occurred_on = forms.DateField(label="发生日期", widget=DAY)
    hold_use = forms.BooleanField(
        label="本机构同时暂停使用", required=False,
        help_text="填了批号只暂停该批号；没有填批号暂停全部，期间本机构不能采购。",
    )  # fmt: skip
    description = forms.CharField(
        label="情况描述", max_length=4000, widget=_words(5),
        help_text="写明经过、已采取的措施；不要写患者姓名和证件号。",
    )  # fmt: skip

    def clean_product_code(self) -> Product:
        return self.product("product_code")


class HoldForm(ScopedForm):
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, widget=ProductInput,
        help_text="输入名称、拼音首字母或编码的一部分，从列出的产品中选择。",
    )  # fmt: skip
    lot_no = forms.CharField(
        label="批号", max_length=60, required=False, help_text="留空为全部批号，期间不能采购。"
    )
    basis = forms.CharField(
        label="依据", max_length=200, required=False, help_text="文号、报告编号或检验报告号。"
    )
    reason = forms.CharField(label="原因", max_length=500, widget=_words(3))

    def clean_product_code(self) -> Product:
        return self.product("product_code")


class WordsForm(forms.Form):
    """The one text that a step needs, with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    words = forms.CharField(max_length=4000, widget=_words(4), required=False)

    @classmethod
    def shown(cls, failed: WordsForm | None, *, label: str, version: int) -> WordsForm:
        """The form for the page, or the one that was refused with what was typed in it.

        The words are due with the step that it is shown for: the machine asks for them, so that
        acts without words may send the same form.
        """
        form = failed or cls(initial={"version": version})
        # A form that was read has made its bound fields; they keep the label of that moment.
        form.fields["words"].label = form["words"].label = label
        form.fields["words"].required = True
        return form
