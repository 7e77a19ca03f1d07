"""What is typed about an exemption: the application, the words of a step, the days granted."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.forms.product_input import CodeInput, product_field
from catalog.forms.quality import DAY, say_what_is_missing
from catalog.queries.visible import visible_batches, visible_products
from monitoring.forms import SeenVersion
from monitoring.states.exemption_application import KINDS, ExemptionCause
from organisations.queries.scope import Scope


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ExemptionApplyForm(forms.Form):
    """Codes that people type; what they stand for is looked up in their own sight."""

    batch = forms.CharField(
        label="批次", max_length=40, widget=CodeInput("batch"),
        help_text="输入名称、拼音首字母或代码，从列出的批次中选择。",
    )  # fmt: skip
    product = product_field("产品")
    kind = forms.ChoiceField(label="豁免种类", choices=[("", "请选择"), *KINDS])
    cause = forms.ChoiceField(label="事由", choices=[("", "请选择"), *ExemptionCause.choices])
    asked_from = forms.DateField(label="起始日期", widget=DAY)
    asked_to = forms.DateField(label="截止日期", widget=DAY, help_text="含当日。")
    statement = forms.CharField(
        label="申请理由", max_length=4000, widget=_words(5),
        help_text="写明临床需求的变化或供应情况；佐证材料必传。",
    )  # fmt: skip

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scope = scope
        self.fields["statement"].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)

    def clean_batch(self) -> Any:
        code = self.cleaned_data["batch"].strip()
        found = visible_batches(self.scope).filter(code=code).first()
        if found is None:
            raise forms.ValidationError(f"没有代码为“{code}”的批次，请到“批次”核对代码")
        return found

    def clean_product(self) -> Any:
        code = self.cleaned_data["product"].strip()
        found = visible_products(self.scope).select_related("group").filter(code=code).first()
        if found is None:
            raise forms.ValidationError("没有这个国家医保编码的产品，请到“产品目录”核对编码")
        return found


class ExemptionWordsForm(SeenVersion):
    note = forms.CharField(max_length=4000, widget=_words(3))

    def __init__(self, *args: Any, label: str = "意见", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = label
        say_what_is_missing(self)


class ExemptionGrantForm(SeenVersion):
    from_on = forms.DateField(label="认定自", widget=DAY)
    to_on = forms.DateField(label="认定至", widget=DAY, help_text="含当日，在申请期间之内。")
    note = forms.CharField(label="认定意见", max_length=4000, widget=_words(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)
