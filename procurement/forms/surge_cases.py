"""What is typed about a surge case, and in the steps of a transfer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.product_input import CodeInput
from catalog.forms.quality import DAY, ScopedForm, say_what_is_missing
from catalog.models import Group
from core.numbers.typed import TypedNumber
from organisations.models import Region
from procurement.models import SurgeReport
from procurement.queries.surge_cases import regions_to_open

MOST = Decimal(10) ** 13


def _packs(label: str, **more: Any) -> TypedNumber:
    return TypedNumber(
        label=label, unit="包装", min_value=0, max_value=MOST, decimal_places=4, **more
    )


class SurgeCaseForm(ScopedForm):
    group_code = forms.CharField(
        label="品种", max_length=40, widget=CodeInput("group"),
        help_text="同通用名品种：输入名称、拼音首字母或编码的一部分，从列出的品种中选择。",
    )  # fmt: skip
    region_code = forms.ChoiceField(
        label="地区", error_messages={"invalid_choice": "请选择本市，或本省和所辖设区市"}
    )
    cause = forms.ChoiceField(label="原因", choices=SurgeReport.Cause.choices)
    starts_on = forms.DateField(label="自", widget=DAY)
    ends_on = forms.DateField(label="预计至", widget=DAY)
    description = forms.CharField(
        label="情况和要求", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写明疫情、灾害等情况，对优先供应、调剂和应急采购的要求。",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {row.code: row for row in regions_to_open(self.known.scope)}
        self.fields["region_code"].choices = [  # type: ignore[attr-defined]
            *([("", "请选择")] if len(self.regions) != 1 else []),
            *((code, f"{row.name}（{code}）") for code, row in self.regions.items()),
        ]

    def clean_group_code(self) -> Group:
        found = self.known.group(self.cleaned_data["group_code"].strip())
        if found is None:
            raise forms.ValidationError("没有这个编码的品种，请核对")
        return found

    def clean_region_code(self) -> Region:
        return self.regions[self.cleaned_data["region_code"]]


class AskTransferForm(ScopedForm):
    lender_code = forms.CharField(
        label="调出医疗机构编码",
        max_length=18,
        help_text="应急需求页面“可以向谁调剂”所列机构的编码。",
    )
    packs = _packs("需要调剂")
    words = forms.CharField(label="说明", max_length=500, required=False)


class _Step(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_what_is_missing(self)


class TransferPlainForm(_Step):
    """A step that needs nothing but the press."""


class TransferOfferForm(_Step):
    offered_packs = _packs("可调出")


class TransferRefuseForm(_Step):
    answer_words = forms.CharField(label="不能调出的原因", max_length=500)


class TransferSendForm(_Step):
    sent_packs = _packs("调出")
    lot_no = forms.CharField(label="批号", max_length=60)
    expires_on = forms.DateField(label="有效期至", widget=DAY)


class TransferReceiveForm(_Step):
    received_packs = _packs("收到")
    received_words = forms.CharField(
        label="数量不符的说明", max_length=500, required=False, help_text="少于调出数量时写明。"
    )


class TransferWithdrawForm(_Step):
    closing_words = forms.CharField(label="撤回原因", max_length=500)


TRANSFER_FORMS: dict[str, type[_Step]] = {
    "offer": TransferOfferForm, "refuse": TransferRefuseForm, "accept": TransferPlainForm,
    "send": TransferSendForm, "receive": TransferReceiveForm, "withdraw": TransferWithdrawForm,
}  # fmt: skip
