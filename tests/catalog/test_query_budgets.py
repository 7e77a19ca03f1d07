"""Lists and pages ask the database equally often for one row and for three."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Substitute
from organisations.models import User
from tests.catalog.conftest import Shelf
from tests.factories import catalog as make

PATHS = (
    "/catalog/batches/",
    "/catalog/batches/JX-T-1/",
    "/catalog/batches/JX-T-1/selections/",
    "/catalog/batches/JX-T-1/parameters/",
    "/catalog/batches/JX-T-1/exemptions/",
    "/catalog/batches-export/",
    "/catalog/batches/JX-T-1/selections/export/",
    "/catalog/overrides/",
    "/catalog/groups/",
    "/catalog/groups/G-ATFTT/",
    "/catalog/products/",
    "/catalog/products/XA01/",
    "/catalog/products-export/",
    "/api/v1/batches/",
    "/api/v1/batch-years/",
    "/api/v1/batch-parameters/",
    "/api/v1/selections/",
    "/api/v1/groups/",
    "/api/v1/products/",
    "/api/v1/listed-prices/",
    "/api/v1/exemptions/",
)
MOST = 16
"""Session, user, regions, consortia and the frame take about five of them."""
WIDER = {"/catalog/products/XA01/": 22, "/catalog/batches/JX-T-1/": 18}
"""The product's page also says whether it may be ordered: listing, price, papers, holds; the batch's
which parts of its execution document are there and which changes of results wait."""


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path)
        assert answer.status_code == 200
    return len(caught)


def _one_more(shelf: Shelf, number: int) -> None:
    """Another row in every list, with relations of its own."""
    batch = make.batch(policy=shelf.batch.policy)
    make.agreement_year(batch=batch)
    make.batch_parameter(batch=batch)
    make.batch_parameter(batch=shelf.batch, parameter=f"{('min_lines', 'reply_workdays')[number]}")
    product = make.product(group=shelf.group)
    Substitute.objects.create(group=shelf.group, product=make.product())
    make.selection(batch=shelf.batch, product=product, region=shelf.city)
    make.selection(batch=batch, product=shelf.product, region=shelf.city)
    make.listed_price(
        product=shelf.product, valid_from=date(2025 + number, 2, 1),
        valid_to=date(2025 + number, 3, 1),
    )  # fmt: skip
    make.exemption(batch=shelf.batch, group=shelf.group, institution=shelf.hospital)


@pytest.mark.parametrize("path", PATHS)
def test_budget_does_not_grow_with_rows(
    shelf: Shelf, client: Client, reader: User, path: str
) -> None:
    client.force_login(reader)
    Substitute.objects.create(group=shelf.group, product=make.product())
    make.exemption(batch=shelf.batch, group=shelf.group, institution=shelf.hospital)
    make.listed_price(product=shelf.product, valid_to=date(2025, 1, 31))
    client.get(path)
    one = _queries(client, path)
    _one_more(shelf, 0)
    _one_more(shelf, 1)
    assert _queries(client, path) == one
    assert one <= WIDER.get(path, MOST)
