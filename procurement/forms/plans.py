"""What is typed about a 采购计划."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from core.numbers.typed import TypedNumber
from procurement.models import ProcurementPlan
from procurement.rules.planning import LONGEST_COVER, SHORTEST_COVER, USUAL_COVER

CELL = re.compile(r"(packs|stock|reason):(\d{1,18})")
MOST_CELLS = 3_000


def _number() -> TypedNumber:
    return TypedNumber(max_digits=12, decimal_places=0, min_value=0, required=False)


class NewPlanForm(forms.Form):
    cover_days = forms.IntegerField(
        label="备货天数", min_value=SHORTEST_COVER, max_value=LONGEST_COVER, initial=USUAL_COVER,
        help_text="到货后库存要够用多少天。",
    )  # fmt: skip
    urgent = forms.BooleanField(
        label="应急采购计划", required=False, help_text="按加急配送时限下单。"
    )
    note = forms.CharField(label="说明", max_length=500, required=False)

    def __init__(self, *args: Any, known: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class PlanStepForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    confirmed = forms.BooleanField(label="超过平常用量的数量已核对无误", required=False)
    return_reason = forms.CharField(label="退回原因", max_length=500, required=False)


class PlanCells:
    """The cells of the sheet by the line's id; an empty one leaves what is held.

    `wrong` holds by the same id what is wrong with a number, `typed` every text of a cell by its
    kind, so that one wrong number does not cost the others.
    """

    def __init__(self, given: QueryDict) -> None:
        self.packs: dict[int, Decimal] = {}
        self.stock: dict[int, Decimal] = {}
        self.reasons: dict[int, str] = {}
        self.wrong: dict[int, str] = {}
        self.typed: dict[int, dict[str, str]] = {}
        for name in list(given)[:MOST_CELLS]:
            match = CELL.fullmatch(name)
            if match is None:
                continue
            kind, key, text = match[1], int(match[2]), given.get(name, "")
            self.typed.setdefault(key, {})[kind] = text
            if kind == "reason":
                self.reasons[key] = text.replace("\x00", "")[:500]
                continue
            try:
                value = _number().clean(text)
            except forms.ValidationError as error:
                self.wrong[key] = "；".join(error.messages)
                continue
            if value is not None:
                (self.packs if kind == "packs" else self.stock)[key] = value


class PlanRowForm(forms.Form):
    """One row of the Excel sheet."""

    plan_no = forms.CharField(label="计划编号", max_length=20, required=False)
    product_code = forms.CharField(label="国家医保编码", max_length=27)
    stock = TypedNumber(
        label="库存包装数", max_digits=12, decimal_places=0, min_value=0, required=False
    )
    packs = TypedNumber(
        label="计划包装数", max_digits=12, decimal_places=0, min_value=0, required=False
    )
    reason = forms.CharField(label="临床理由", max_length=500, required=False)

    def __init__(
        self, *args: Any, products: dict[str, Any], plans: dict[str, ProcurementPlan], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.products, self.plans = products, plans

    def clean_plan_no(self) -> ProcurementPlan:
        number = self.cleaned_data["plan_no"]
        found = self.plans.get(number)
        if found is None and not number:
            raise forms.ValidationError("请填写计划编号：编制中或退回的采购计划没有，或不止一份")
        if found is None:
            raise forms.ValidationError("没有这个编号的、本机构的采购计划，请核对")
        return found

    def clean_product_code(self) -> Any:
        found = self.products.get(self.cleaned_data["product_code"])
        if found is None:
            raise forms.ValidationError("没有这个国家医保编码的产品，请核对")
        return found
