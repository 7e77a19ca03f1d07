"""The catalogue by API: same rows, codes instead of ids, numbers as strings."""

from __future__ import annotations

from django.test import Client

from organisations.models import User
from tests.catalog.conftest import Shelf
from tests.factories import catalog as make
from tests.factories import organisations as people


def test_selection_names_codes_and_period(shelf: Shelf, client: Client, reader: User) -> None:
    client.force_login(reader)
    answer = client.get("/api/v1/selections/?batch=JX-T-1").json()
    assert answer["results"] == [
        {
            "batch": "JX-T-1", "product": "XA01", "group": "G-ATFTT", "region": shelf.city.code,
            "role": "selected", "price": "5.6000", "valid_from": None, "valid_to": None,
            "starts_on": "2026-01-01", "ends_on": "2027-12-31",
        }
    ]  # fmt: skip


def test_filters_are_the_pages(shelf: Shelf, client: Client, reader: User) -> None:
    make.batch(code="HC-2", name="医用耗材", category="consumable")
    client.force_login(reader)

    def codes(path: str) -> list[str]:
        return [row["code"] for row in client.get(path).json()["results"]]

    assert codes("/api/v1/batches/?category=consumable") == ["HC-2"]
    assert codes("/api/v1/batches/?q=djp") == ["JX-T-1"]
    assert codes("/api/v1/products/?standing=other") == []
    assert codes("/api/v1/groups/?batch=JX-T-1") == ["G-ATFTT"]
    wrong = client.get("/api/v1/batches/?category=nonsense")
    assert wrong.status_code == 400


def test_one_batch_by_its_code(shelf: Shelf, client: Client, reader: User) -> None:
    client.force_login(reader)
    batch = client.get("/api/v1/batches/JX-T-1/").json()
    assert (batch["policy"], batch["selected_count"]) == ("jiangxi-2024", 1)
    assert client.get("/api/v1/batches/NONE/").status_code == 404


def test_administrators_of_the_platform_see_nothing(shelf: Shelf, client: Client) -> None:
    client.force_login(people.administrator("system"))
    assert client.get("/api/v1/batches/").status_code == 404
    assert client.get("/catalog/batches/").status_code == 404
