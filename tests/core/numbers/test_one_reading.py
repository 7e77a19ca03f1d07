"""Forms, sheets and uploads read a typed number in the same way; none makes fifteen of 1,5."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from catalog.operations.hospital_items.rows import read_rows
from catalog.rules.applications.fields import FIELDS_BY_CODE, WrongValue
from core.numbers.plain import typed_number
from tests.days import today
from volumes.rules.figures import quantity_of


def of_item(text: str) -> Decimal | None:
    row = {
        "his_code": "Y1",
        "name": "某药",
        "unit": "片",
        "product_code": "XA",
        "units_per_pack": text,
    }
    rows, _ = read_rows([(2, row)], today())
    return rows[0].units_per_pack if rows else None


def of_application(text: str) -> Decimal | None:
    try:
        return Decimal(FIELDS_BY_CODE["price"].read(text))
    except WrongValue:
        return None


def of_report(text: str) -> Decimal | None:
    try:
        return quantity_of(text)
    except ValueError:
        return None


READERS = (typed_number, of_item, of_application, of_report)


@pytest.mark.parametrize("read", READERS)
def test_read_alike(read: Callable[[str], Decimal | None]) -> None:
    assert [read(text) for text in ("1,234.5", "12，000", "7")] == [Decimal("1234.5"), 12_000, 7]
    assert [read(text) for text in ("1,5", "1，5", "1,2,3", "1_000", "1e3", "12盒", "1 000")] == [
        None
    ] * 7
