"""A running number is never given twice, however many were given before it."""

from __future__ import annotations

import pytest
from django.db import connection

from catalog.models import Listing
from core.database.serial import next_serial
from procurement.models import Cart, ProcurementPlan
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def given(sequence: str, digits: int, number: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(%s, %s, false)", [sequence, number])
        cursor.execute(f"SELECT {next_serial(sequence, digits)}")
        (serial,) = cursor.fetchone()
    return str(serial)


@pytest.mark.parametrize(
    ("number", "serial"),
    [
        (1, "000001"), (999_999, "999999"), (1_000_000, "1000000"), (1_000_001, "1000001"),
        (2**63 - 1, "9223372036854775807"),
    ],
)  # fmt: skip
def test_a_number_keeps_all_its_digits(number: int, serial: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP SEQUENCE serial_test")
    assert given("serial_test", 6, number) == serial


@pytest.mark.parametrize(
    ("table", "column", "sequence", "words"),
    [
        (Listing, "listing_no", "catalog_listing_no", "GW"),
        (Cart, "cart_no", "procurement_cart_no", "CG"),
        (ProcurementPlan, "plan_no", "procurement_plan_no", "JH"),
    ],
)
def test_the_tables_own_numbers_grow_beyond_their_digits(
    table: type, column: str, sequence: str, words: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef d"
            " JOIN pg_attribute a ON (a.attrelid, a.attnum) = (d.adrelid, d.adnum)"
            " WHERE adrelid = %s::regclass AND attname = %s",
            [table._meta.db_table, column],  # type: ignore[attr-defined]
        )
        (default,) = cursor.fetchone()
        asked = f"nextval('{sequence}'::regclass)"
        assert asked in default
        cursor.execute(f"SELECT {default.replace(asked, '12345678902')}")
        assert cursor.fetchone() == (f"{words}12345678902",)


def test_a_listing_takes_its_number_from_there() -> None:
    assert catalog.listing(product=catalog.product()).listing_no.startswith("GW")
