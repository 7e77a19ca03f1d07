"""Groups and products: what stands in which group, at which price, selected where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Substitute
from catalog.queries.product_rows import (
    groups_with_counts,
    price_history,
    product_rows,
    products_with_group,
)
from organisations.models import User
from organisations.queries.scope import scope_of
from tests.catalog.conftest import TODAY, Shelf
from tests.factories import catalog as make

Read = Callable[[str], str]


@pytest.fixture(autouse=True)
def _on_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "localdate", lambda *_: TODAY)


@pytest.mark.parametrize("words", ["阿托", "atft", "atuo", "XA01", "g-at"])
def test_product_is_found_by_what_people_type(shelf: Shelf, read: Read, words: str) -> None:
    make.product(name="氯吡格雷片")
    page = read(f"/catalog/products/?q={words}")
    assert "阿托伐他汀片" in page and "氯吡格雷片" not in page


def test_product_filters(shelf: Shelf, client: Client, reader: User) -> None:
    other = make.product(group=shelf.group, tags=["shortage"])
    client.force_login(reader)

    def found(query: str) -> set[str]:
        rows = client.get(f"/catalog/products/?{query}").context["rows"]
        return {row.product.code for row in rows}

    assert found("group=G-ATFTT") == {"XA01", other.code}
    assert found("tag=shortage") == {other.code}
    assert found(f"manufacturer={other.manufacturer.code}") == {other.code}
    assert found("standing=selected") == {"XA01"}
    assert found("standing=other") == {other.code}
    assert found("category=consumable") == set()


def test_standing_is_that_of_the_day(shelf: Shelf, reader: User) -> None:
    product = make.product(group=shelf.group)
    make.selection(
        batch=shelf.batch, product=product, region=shelf.city, role="standby",
        valid_from=date(2026, 6, 15), valid_to=date(2026, 6, 15),
    )  # fmt: skip

    def standing(day: date) -> str:
        scope = scope_of(reader, day)
        rows = product_rows(products_with_group(scope).filter(pk=product.pk), scope, day)
        return rows[0].standing

    days = (date(2026, 6, 14), date(2026, 6, 15), date(2026, 6, 16))
    assert [standing(day) for day in days] == ["非中选", "备供", "非中选"]


def test_selected_goes_before_standby_and_names_its_regions(shelf: Shelf, reader: User) -> None:
    make.selection(
        batch=shelf.batch, product=shelf.product, region=shelf.other_city, role="standby",
        price="9.90",
    )  # fmt: skip
    scope = scope_of(reader, TODAY)
    (row,) = product_rows(products_with_group(scope), scope, TODAY)
    assert (row.standing, row.regions, row.prices) == (
        "中选",
        [shelf.city.name],
        [Decimal("5.6000")],
    )
    assert row.selected_here


def test_group_counts_are_of_today(shelf: Shelf, reader: User) -> None:
    make.product(group=shelf.group)
    past = make.batch(effective_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))
    make.selection(batch=past, product=make.product(group=shelf.group), region=shelf.city)
    group = groups_with_counts(scope_of(reader, TODAY), TODAY).get(pk=shelf.group.pk)
    assert (group.product_count, group.selected_count, group.batch_count) == (3, 1, 1)


def test_group_page_parts_its_products(shelf: Shelf, client: Client, reader: User) -> None:
    other = make.product(group=shelf.group)
    replacement = make.product(name="瑞舒伐他汀片")
    Substitute.objects.create(group=shelf.group, product=replacement)
    client.force_login(reader)
    context = client.get("/catalog/groups/G-ATFTT/").context
    sections = {
        section["label"]: [row.product.code for row in section["rows"]]
        for section in context["sections"]
    }
    assert sections == {"中选": ["XA01"], "非中选": [other.code]}
    assert [row.product.name for row in context["substitutes"]] == ["瑞舒伐他汀片"]


def test_product_page_tells_conversion_price_and_results(shelf: Shelf, read: Read) -> None:
    make.listed_price(
        product=shelf.product, price=6, valid_from=date(2025, 1, 1), valid_to=date(2026, 1, 1)
    )
    make.listed_price(product=shelf.product, price=5, valid_from=date(2026, 1, 1))
    page = read("/catalog/products/XA01/")
    assert "= 28 片" in page
    assert "-16.7%" in page
    assert "第九批药品集中采购" in page and "0.2000" in page


def test_price_history_of_no_price_is_empty(shelf: Shelf, reader: User) -> None:
    assert price_history(scope_of(reader, TODAY), shelf.product) == []


def test_product_outside_all_groups_has_a_page(shelf: Shelf, read: Read) -> None:
    product = make.product(group=None, listed_price=None)
    assert "未归品种" in read(f"/catalog/products/{product.code}/")


@pytest.mark.parametrize(
    "path", ["/catalog/batches/none/", "/catalog/groups/none/", "/catalog/products/none/"]
)
def test_unknown_code_is_not_found(client: Client, reader: User, path: str) -> None:
    client.force_login(reader)
    assert client.get(path).status_code == 404
