"""What is typed about standby: the notice, the province's choice, the last day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q

from catalog.forms.product_input import ProductInput
from catalog.forms.quality import DAY, ScopedForm, say_what_is_missing
from catalog.models import Product
from organisations.models import Region
from organisations.queries.visible import visible_regions


def _words(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class StandbyNoticeForm(ScopedForm):
    product_code = forms.CharField(
        label="国家医保编码", max_length=27, widget=ProductInput,
        help_text="不能供应的中选产品；可输入名称、拼音首字母查找。",
    )  # fmt: skip
    unable_from = forms.DateField(label="不能供应自", widget=DAY)
    regions = forms.CharField(
        label="不能供应的地区", max_length=600,
        help_text="供应地区（省或设区市）的名称或行政区划代码，多个用逗号分开；每个地区一件。",
    )  # fmt: skip
    description = forms.CharField(
        label="原因和预计持续时间", max_length=4000, widget=_words(4),
        help_text="写明不可抗力等原因、已采取的措施、预计何时恢复。",
    )  # fmt: skip

    def clean_product_code(self) -> Product:
        return self.product("product_code")

    def clean_regions(self) -> list[Region]:
        """Regions in the order in which they were typed, each once."""
        typed = re.split(r"[\s,，、;；]+", self.cleaned_data["regions"])
        words = list(dict.fromkeys(filter(None, typed)))
        # A county may be called as another is: counties by their code alone.
        wide = Q(name__in=words, level__in=(Region.Level.PROVINCE, Region.Level.CITY))
        rows = visible_regions(self.known.scope).filter(Q(code__in=words) | wide)
        found: dict[str, Region] = {}
        for row in rows.select_related("parent"):
            found |= {row.code: row, row.name: row}
        missing = [word for word in words if word not in found]
        if missing or not words:
            raise forms.ValidationError(
                f"没有“{'、'.join(missing[:5])}”这个地区：请填写设区市或省的名称，或六位行政区划代码，"
                "如 南昌市 或 360100"
            )
        return list(dict.fromkeys(found[word] for word in words))


class CaseWordsForm(forms.Form):
    """The words of a step, with the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    words = forms.CharField(max_length=2000, widget=_words(3))

    def __init__(self, *args: Any, words_label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = words_label
        self.fields["words"].wide = True  # type: ignore[attr-defined]
        say_what_is_missing(self)


class StandbyStartForm(CaseWordsForm):
    """Which product stands in, and from which day."""

    field_order = ("version", "standby_product", "on", "words")
    standby_product = forms.ChoiceField(
        label="备供产品", help_text="本批次同品种在该地区的备供产品。",
        error_messages={"invalid_choice": "请从列出的备供产品中选择"},
    )  # fmt: skip
    on = forms.DateField(label="启动日", widget=DAY, help_text="自该日起到货的视同采购中选产品。")

    def __init__(self, *args: Any, products: Sequence[Product], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.products = {each.code: each for each in products}
        self.fields["standby_product"].choices = [  # type: ignore[attr-defined]
            ("", "请选择" if products else "没有备供产品"),
            *((each.code, f"{each}（{each.manufacturer.name}，{each.code}）") for each in products),
        ]

    def clean_standby_product(self) -> Product:
        return self.products[self.cleaned_data["standby_product"]]


class StandbyEndForm(CaseWordsForm):
    field_order = ("version", "on", "words")
    on = forms.DateField(
        label="结束日", widget=DAY, help_text="该日仍计入；请给在办订单留出到货时间。"
    )
