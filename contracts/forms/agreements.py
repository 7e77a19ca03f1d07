"""What is typed about agreements, powers of attorney and disposals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from catalog.models import Batch
from contracts.models import AgreementItem, Disposal
from contracts.queries import pointing
from core.numbers.typed import TypedNumber
from organisations.models import Organisation
from organisations.queries.scope import Scope

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WORDS = forms.Textarea(attrs={"rows": 2})
MOST = Decimal(10) ** 13


class AgreementStepForm(forms.Form):
    """A step on one version as it was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class SignAgreementForm(AgreementStepForm):
    """The signer says that the text on the page is what is signed."""

    digest = forms.CharField(widget=forms.HiddenInput, min_length=64, max_length=64)
    agreed = forms.BooleanField(
        label="已阅读协议全文，同意以本单位数字证书签署",
        error_messages={"required": "请先阅读协议并勾选确认"},
    )


class AgreementWordsForm(AgreementStepForm):
    words = forms.CharField(label="原因", max_length=500, widget=WORDS)


class OutcomeForm(AgreementStepForm):
    words = forms.CharField(
        label="处置结果", max_length=1000, widget=WORDS,
        error_messages={"required": "请写明处置结果，如已签订、约谈情况或移交何处"},
    )  # fmt: skip


class ChangeForm(AgreementStepForm):
    """Another distributor, other quantities; what is left as it is stays."""

    change_reason = forms.CharField(label="变更原因", max_length=500, widget=WORDS)
    distributor_code = forms.CharField(
        label="新的配送企业信用代码", max_length=18, required=False,
        help_text="不更换配送企业的不填；须已有本地区确认的配送关系。",
    )  # fmt: skip

    def __init__(
        self, *args: Any, items: Sequence[AgreementItem], scope: Scope, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items, self.scope = list(items), scope
        for item in self.items:
            self.fields[f"quantity_{item.line_no}"] = TypedNumber(
                label=f"{item.product}（{item.product.code}）约定采购量", required=False,
                min_value=Decimal("0.0001"), max_value=MOST, decimal_places=4,
                help_text=f"现为 {item.agreed_qty.normalize():f}；不变的不填。",
            )  # fmt: skip

    def clean_distributor_code(self) -> Organisation | None:
        code = self.cleaned_data["distributor_code"].strip()
        if not code:
            return None
        found = pointing.enterprises(self.scope, [code]).get(code)
        if found is None:
            raise forms.ValidationError("没有这个信用代码的企业，请核对")
        return found

    def quantities(self) -> dict[int, Decimal]:
        given = self.cleaned_data
        return {
            item.product_id: given[f"quantity_{item.line_no}"]
            for item in self.items
            if given.get(f"quantity_{item.line_no}") is not None
        }


class GenerateForm(forms.Form):
    """For which batch and year heads are made from its loaded, unsigned lines."""

    batch_code = forms.ChoiceField(label="批次")
    year_no = forms.IntegerField(label="采购年度序号", min_value=1, max_value=99)

    def __init__(self, *args: Any, offered: Sequence[Batch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["batch_code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(batch.code, f"{batch.name}（{batch.code}）") for batch in offered]


class PowerForm(forms.Form):
    principal_code = forms.CharField(
        label="授权单位编码", max_length=18, required=False,
        help_text="本单位授权的不填；医共体牵头机构登记成员授权书的，填成员编码。",
    )  # fmt: skip
    agent_code = forms.CharField(
        label="代签单位编码", max_length=18,
        help_text="由谁代签：本县（市、区）的医疗机构，或填医共体牵头机构的编码。",
    )  # fmt: skip
    batch_code = forms.CharField(
        label="限于批次", max_length=40, required=False, help_text="批次代码；不填为全部批次。"
    )
    valid_from = forms.DateField(label="授权起日", widget=DAY)
    valid_to = forms.DateField(label="授权止日", widget=DAY, help_text="含当日。")
    paper = forms.FileField(label="授权书", help_text="盖章的授权书扫描件，PDF 或图片。")


class DisposalForm(forms.Form):
    organisation_code = forms.CharField(
        label="被处置单位编码", max_length=18,
        help_text="医疗机构编码或企业信用代码；从未签协议的页面进入的已填好。",
    )  # fmt: skip
    batch_code = forms.CharField(
        label="批次代码", max_length=40, help_text="未签或拒签的协议所属的批次。"
    )
    year_no = forms.IntegerField(label="采购年度序号", min_value=1, max_value=99)
    kind = forms.ChoiceField(label="方式", choices=Disposal.Kind.choices)
    reason = forms.CharField(label="事由", max_length=1000, widget=WORDS)
    due_on = forms.DateField(label="要求完成日期", required=False, widget=DAY)


class AgreementRowForm(forms.Form):
    """One row of the sheet of agreed quantities."""

    batch_code = forms.CharField(label="批次代码", max_length=40)
    year_no = forms.IntegerField(label="年度", min_value=1, max_value=99)
    institution_code = forms.CharField(label="机构编码", max_length=18)
    product_code = forms.CharField(label="国家医保编码", max_length=40)
    agreed_qty = TypedNumber(
        label="约定采购量", min_value=Decimal("0.0001"), max_value=MOST, decimal_places=4
    )
    price = TypedNumber(label="价格", min_value=Decimal("0.0001"), max_value=MOST, decimal_places=4)
    distributor_code = forms.CharField(label="配送企业", max_length=18, required=False)
    explanation = forms.CharField(label="说明", max_length=500, required=False)
