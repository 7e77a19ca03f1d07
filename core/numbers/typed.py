"""Numbers as people type them: with or without thousands groups, in a unit that stays beside the field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.numbers.plain import PLAIN, typed_number


class TypedNumber(forms.DecimalField):
    """A decimal that is shown with thousands groups and may be typed with them; `unit` in Chinese.

    Only plain digits are taken: full-width ones, 1_000, 1e3 and groups that are not of three are
    refused, never read as something else.
    """

    default_error_messages = {
        "invalid": "请填写数字，用半角，如 12,000 或 1.5",
        "max_digits": "数字过大，请核对单位",
        "max_whole_digits": "数字过大，请核对单位",
        "max_decimal_places": "至多 %(max)s 位小数",
        "min_value": "不能小于 %(limit_value)s",
        "max_value": "不能大于 %(limit_value)s",
    }

    def __init__(self, *, unit: str = "", **kwargs: Any) -> None:
        self.unit = unit
        kwargs.setdefault("widget", grouped_input())
        super().__init__(**kwargs)
        if self.decimal_places == 0:
            self.error_messages["max_decimal_places"] = "应为整数，不带小数"

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            number = typed_number(value)
            if value.strip() and number is None:
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
            value = number
        found: Any = super().to_python(value)
        return found

    def prepare_value(self, value: Any) -> Any:
        """Numbers with their groups; what was typed wrong stays as it was typed."""
        text = format(value, "f") if isinstance(value, Decimal) else value
        text = str(text) if isinstance(text, int) else text
        if not isinstance(text, str) or not PLAIN.fullmatch(text):
            return value
        whole, _, places = text.partition(".")
        places = places.rstrip("0") if isinstance(value, Decimal) else places
        return f"{int(whole):,}" + (f".{places}" if places else "")


def grouped_input() -> forms.TextInput:
    """The control of such a number; scripts group what is typed when it is left."""
    return forms.TextInput(
        attrs={"inputmode": "decimal", "class": "zc-grouped", "autocomplete": "off"}
    )
