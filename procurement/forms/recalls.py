"""What is typed about recalls: which lots, and what became of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from catalog.forms.product_input import ProductInput
from catalog.forms.quality import known_product, say_what_is_missing
from catalog.models import Product
from catalog.queries.known import Known
from core.numbers.typed import TypedNumber
from procurement.models import Recall, RecallHolder
from procurement.states.recall import Difference

MOST = Decimal(10) ** 13
DIFFERENCES = [
    ("", "没有差异"),
    *((each.value, each.label) for each in Difference if each != Difference.UNSORTED),
]


def split_lots(words: str) -> list[str]:
    """Lots by line, comma or 、; each once."""
    return list(dict.fromkeys(filter(None, (w.strip() for w in re.split(r"[\n,，、;；]", words)))))


class LotForm(forms.Form):
    """Which lots of which product; as it stands in the address."""

    product = forms.CharField(
        label="国家医保编码", max_length=27, widget=ProductInput,
        help_text="输入名称、拼音首字母或编码的一部分，从列出的产品中选择。",
    )  # fmt: skip
    lots = forms.CharField(label="批号", max_length=500, help_text="多个批号用逗号分开。")

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        say_what_is_missing(self)

    def clean_product(self) -> Product:
        return known_product(self.known, self.cleaned_data["product"])

    def clean_lots(self) -> list[str]:
        lots = split_lots(self.cleaned_data["lots"])
        if not lots or max(map(len, lots)) > 60:
            raise forms.ValidationError("请填写批号，每个不超过 60 个字")
        return lots


class RecallForm(LotForm):
    lots = forms.CharField(
        label="批号", max_length=3000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一个，与配送单上的批号一致。",
    )  # fmt: skip
    level = forms.ChoiceField(
        label="级别", choices=Recall.Level.choices,
        help_text="一级：可能引起严重健康危害。报告时限按省级设定，平台默认一级 1 个、二级 3 个、三级 7 个工作日。",
    )  # fmt: skip
    reason = forms.CharField(
        label="召回原因", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    instruction = forms.CharField(
        label="处置要求", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明停止使用、封存或退回，退给谁，联系电话。",
    )  # fmt: skip


class RecallStepForm(forms.Form):
    """The words with which a recall ends, with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    words = forms.CharField(
        label="办结意见", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AskAgainForm(forms.Form):
    """Whose report is not accepted, and why."""

    holder_code = forms.CharField(label="医疗机构编码", max_length=18)
    lot_no = forms.CharField(label="批号", max_length=60)
    words = forms.CharField(label="重报原因", max_length=500)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The form that ends the recall stands on the same page and has `words` too.
        super().__init__(*args, **{"auto_id": "id_again_%s", **kwargs})


class HoldingRowForm(forms.Form):
    """One lot in a sheet of many; `row` in the cleaned data is the waiting row that it names."""

    recall_no = forms.CharField(label="召回编号", max_length=24)
    lot_no = forms.CharField(label="批号", max_length=60)
    sent_by = forms.CharField(max_length=18, required=False)
    held = forms.CharField(max_length=30, required=False)
    kept = TypedNumber(label="封存", min_value=0, max_value=MOST, decimal_places=4)
    sent = TypedNumber(label="退回", min_value=0, max_value=MOST, decimal_places=4)
    used = TypedNumber(label="已使用", min_value=0, max_value=MOST, decimal_places=4)
    why = forms.ChoiceField(required=False, choices=DIFFERENCES)
    note = forms.CharField(max_length=500, required=False)

    def __init__(
        self, *args: Any, waiting: Mapping[tuple[str, str, str], RecallHolder], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        say_what_is_missing(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if {"recall_no", "lot_no"} <= given.keys():
            key = (given["recall_no"], given["lot_no"], given.get("sent_by", ""))
            given["row"] = self.waiting.get(key)
            if given["row"] is None:
                self.add_error(
                    "lot_no", "没有等本机构报告的这一行：请照模板的召回编号、批号和配送企业"
                )
        return given


class HoldingsForm(forms.Form):
    """Three numbers and a note for each row of the own institution."""

    def __init__(self, *args: Any, rows: Sequence[RecallHolder], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = list(rows)
        for row in self.rows:
            for name, label in (("kept", "封存"), ("sent", "退回"), ("used", "已使用")):
                self.fields[f"{name}_{row.pk}"] = TypedNumber(
                    label=f"{label}（批号 {row.lot_no}）", unit="包装", min_value=0, max_value=MOST,
                    decimal_places=4,
                )  # fmt: skip
            self.fields[f"why_{row.pk}"] = forms.ChoiceField(
                label="差异原因", required=False, choices=DIFFERENCES,
                help_text="合计与应处置数不符时选择。",
                error_messages={"invalid_choice": "请从列出的差异原因中选择"},
            )  # fmt: skip
            self.fields[f"note_{row.pk}"] = forms.CharField(
                label="说明", max_length=500, required=False
            )
            self.fields[f"version_{row.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, min_value=1
            )
        say_what_is_missing(self)

    def lines(self) -> list[dict[str, Any]]:
        """Per row its bound fields, for the template."""
        return [
            {"row": row, "held": row.held_packs, **{name: self[f"{name}_{row.pk}"] for name in
                            ("kept", "sent", "used", "why", "note", "version")}}
            for row in self.rows
        ]  # fmt: skip
