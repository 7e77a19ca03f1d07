"""What is typed about leads: the month to search, the words of a step, the transfer."""

from __future__ import annotations

from typing import Any

from django import forms

from monitoring.forms import SeenVersion
from monitoring.queries.leads import lead_receivers
from organisations.queries.scope import Scope

MONTH = forms.TextInput(attrs={"type": "month"})
WORDS = {
    "confirm": ("核查意见", "写明核查的过程和结论；可上传佐证材料。"),
    "dismiss": ("排除理由", "写明为什么不是问题，如批次切换、疫情期间集中备货。"),
    "reopen": ("重新核查的理由", ""),
    "answer": ("办理结果", "写明受理、核实和处理情况；可上传材料。"),
}


class LeadSearchForm(forms.Form):
    month = forms.CharField(
        label="期末月份", max_length=7, widget=MONTH,
        help_text="筛查该月和此前 5 个月的订单；该月须已计算指标。",
        error_messages={"required": "请选择期末月份"},
    )  # fmt: skip


class LeadWordsForm(SeenVersion):
    note = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["note"]
        field.label, field.help_text = WORDS[verb]
        field.error_messages["required"] = f"请填写{field.label}"


class LeadTransferForm(SeenVersion):
    receiver = forms.ChoiceField(
        label="接收单位",
        error_messages={
            "required": "请选择接收单位", "invalid_choice": "请从列表中选择本省的接收单位",
        },
    )  # fmt: skip
    note = forms.CharField(
        label="移交说明", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="印入移交函。", error_messages={"required": "请填写移交说明"},
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["receiver"]
        field.choices = [
            ("", "请选择"),
            *((each.code, each.name) for each in lead_receivers(scope.province_id)),
        ]
