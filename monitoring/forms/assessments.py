"""Asking for a 年度考核: one of the agreement years that are over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from catalog.models import AgreementYear


class AssessYearForm(forms.Form):
    year = forms.ChoiceField(
        label="采购年度", help_text="只列出已结束的采购年度；已计算过的重新计算，结果以新的为准。",
        error_messages={
            "required": "请选择采购年度", "invalid_choice": "没有这个已结束的采购年度，请从列表中选择",
        },
    )  # fmt: skip

    def __init__(self, *args: Any, years: Iterable[AgreementYear], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["year"]
        field.choices = [
            (f"{each.batch.code}:{each.year_no}",
             f"{each.batch.name}　第 {each.year_no} 年（至 {each.ends_on:%Y-%m-%d}）")
            for each in years
        ]  # fmt: skip

    def batch_and_year(self) -> tuple[str, int]:
        batch, _, year_no = self.cleaned_data["year"].rpartition(":")
        return batch, int(year_no)
