"""Typed numbers: groups of three are taken and shown, what only looks like digits is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms

from core.numbers.typed import TypedNumber


class Sheet(forms.Form):
    packs = TypedNumber(label="数量", unit="盒", max_digits=18, decimal_places=4, min_value=0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,000", "12000"), ("12，000.5", "12000.5"), ("1200", "1200"), (" 0.1250 ", "0.1250"),
        ("1,234,567.8901", "1234567.8901"), ("0", "0"),
    ],
)  # fmt: skip
def test_groups_and_plain_digits_are_taken(text: str, value: str) -> None:
    form = Sheet({"packs": text})
    assert form.is_valid()
    assert form.cleaned_data["packs"] == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["1_000", "１２３", "٣", "1e3", "NaN", "1,2", "12,00", "1,0000", "1,000,00", "0x10", "五", "-1",
     "1.00001", "9" * 20, "1 000", ",100"],
)  # fmt: skip
def test_what_is_no_such_number_is_refused_beside_its_field(text: str) -> None:
    form = Sheet({"packs": text})
    assert not form.is_valid()
    assert set(form.errors) == {"packs"}


@pytest.mark.parametrize(
    ("initial", "shown"),
    [(Decimal("1234567.5000"), "1,234,567.5"), (Decimal("100"), "100"), (12000, "12,000"),
     ("0.3", "0.3"), ("", None)],
)  # fmt: skip
def test_shown_with_groups_and_its_unit(initial: object, shown: str | None) -> None:
    field = Sheet(initial={"packs": initial})["packs"]
    assert field.field.unit == "盒"  # type: ignore[attr-defined]
    assert (f'value="{shown}"' in str(field)) if shown else ("value=" not in str(field))


def test_what_was_typed_wrong_stays_as_it_was_typed() -> None:
    assert 'value="1_000"' in str(Sheet({"packs": "1_000"})["packs"])


def test_a_number_out_of_its_bounds_is_told_the_bound() -> None:
    share = TypedNumber(min_value=0, max_value=100)
    for typed, words in (("-3", "不能小于 0"), ("101", "不能大于 100")):
        with pytest.raises(forms.ValidationError, match=words):
            share.clean(typed)
    assert share.clean("100") == 100
