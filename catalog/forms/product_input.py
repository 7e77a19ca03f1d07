"""Fields for a code that also find it by name or pinyin initials: products, and what has a code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse


class ProductInput(forms.TextInput):
    """Typing asks for products after a moment; choosing one fills its code in.

    Without scripts it is a plain field for the 国家医保编码. `chosen` is shown below it.
    """

    template_name = "catalog/widgets/product_input.html"
    chosen = more = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "autocomplete": "off",
            "hx-get": f"{reverse('product-options')}?field={name}{self.more}",
            "hx-trigger": "input changed delay:300ms",
            "hx-target": "next .zc-picker-options",
            # The place stays for what is found next.
            "hx-swap": "innerHTML",
        }
        return context | {"chosen": self.chosen}


class CodeInput(ProductInput):
    """The same for a code of another kind: a key of `catalog.queries.code_options.SOURCES`."""

    def __init__(self, of: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.more = f"&of={of}"


def product_field(label: str, **extra: Any) -> forms.CharField:
    """For forms that look the product up within sight themselves."""
    return forms.CharField(
        label=label, max_length=27, widget=ProductInput,
        error_messages={"required": "请填写"},
        help_text=extra.pop("help_text", "输入名称、拼音首字母或编码的一部分，从列出的产品中选择。"),
        **extra,
    )  # fmt: skip
