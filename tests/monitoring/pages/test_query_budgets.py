"""Literal numbers of queries: the same for one row and for three."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitoring.models import IndicatorValue
from monitoring.queries.figure_address import figure_url
from monitoring.queries.figure_page import lines_page, with_province
from organisations.models import User
from organisations.queries.scope import scope_of
from tests.monitoring.pages.conftest import HOSPITAL, MARCH, Reader


def count(client: Client, url: str, query: dict[str, Any] | None = None) -> int:
    client.get(url, query)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url, query).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("name", "url", "budget"),
    [
        ("province", "/monitoring/province/360000/", 21),
        ("province", "/monitoring/city/360100/", 23),
        ("province", "/monitoring/city/361000/", 23),
        ("province", "/monitoring/county/360103/", 22),
        ("province", "/monitoring/county/361030/", 22),
        ("province", f"/monitoring/institution/{HOSPITAL}/", 22),
        ("province", "/monitoring/institution/H36103000001/", 23),
    ],
)
def test_dashboards(reader: Reader, name: str, url: str, budget: int) -> None:
    assert count(reader(name), url, {"month": "2026-03"}) == budget


@pytest.mark.parametrize("codes", [1, 3])
def test_rows_of_an_indicator(reader: Reader, codes: int) -> None:
    rows = IndicatorValue.objects.filter(
        month=MARCH, indicator="completion_rate", subject_code=HOSPITAL
    ).order_by("product_code")
    products = list(rows.values_list("product_code", flat=True))[:codes]
    assert len(products) == codes
    client = reader("province")
    everything = count(client, "/monitoring/indicators/completion_rate/", {"month": "2026-03"})
    one = count(
        client,
        "/monitoring/indicators/completion_rate/",
        {"month": "2026-03", "product": products[0], "subject_code": HOSPITAL},
    )
    assert (one, everything) == (21, 21)


def test_lines_of_a_figure(sample: dict[str, User]) -> None:
    scope = scope_of(sample["province"], MARCH)
    rows = with_province(IndicatorValue.objects.filter(month=MARCH))
    row = rows.filter(indicator="on_time_rate", subject_type="province")[0]
    numbers = []
    for size in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            assert len(lines_page(scope, row, "", side="all", after="", size=size).rows) == size
        numbers.append(len(queries))
    assert numbers == [12, 12]


def test_figure_page(reader: Reader) -> None:
    rows = IndicatorValue.objects.filter(month=MARCH, indicator="completion_amount_rate")
    client = reader("province")
    few = rows.filter(subject_type="county").order_by("denominator")[0]
    many = rows.filter(subject_type="county").order_by("-denominator")[0]
    top = rows.filter(subject_type="province").order_by("-denominator")[0]
    assert (count(client, figure_url(few)), count(client, figure_url(many))) == (19, 19)
    # A province also lists its cities, and names them.
    assert count(client, figure_url(top)) == 22
