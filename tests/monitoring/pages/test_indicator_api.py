"""Indicators, figures and lines by API: the pages' sight, the export's columns."""

from __future__ import annotations

from typing import Any

from django.test import Client

from monitoring.indicators.registry import INDICATORS
from monitoring.models import IndicatorValue
from tests.monitoring.pages.conftest import HOSPITAL, MARCH, Reader

VALUES = "/api/v1/indicator-values/"
LINES = "/api/v1/indicator-values/lines/"


def pages(client: Client, url: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.get(url, query).json()
    found = answer["results"]
    while answer["next"]:
        answer = client.get(answer["next"]).json()
        found += answer["results"]
    return found


def test_definitions(reader: Reader) -> None:
    found = reader("hospital").get("/api/v1/indicators/").json()
    assert [one["code"] for one in found] == [indicator.code for indicator in INDICATORS]
    one = reader("hospital").get("/api/v1/indicators/signing_rate/").json()
    assert one["denominator"] == "该批次该年度的协议行数"
    assert reader("hospital").get("/api/v1/indicators/none_such/").status_code == 404


def test_values_of_a_month_are_the_visible_rows(reader: Reader) -> None:
    found = pages(reader("hospital"), VALUES, {"month": "2026-03", "page_size": 200})
    rows = IndicatorValue.objects.filter(month=MARCH, institution__code=HOSPITAL)
    assert len(found) == rows.count() > 20
    assert {one["subject_code"] for one in found} == {HOSPITAL}
    row = rows.filter(indicator="signing_rate").first()
    assert row is not None
    one = next(
        one
        for one in found
        if one["indicator"] == "signing_rate" and one["batch_code"] == row.batch_code
        and one["year_no"] == row.year_no
    )  # fmt: skip
    assert one == {
        "month": "2026-03", "indicator": "signing_rate", "window": "ytd",
        "subject_type": "institution", "subject_code": HOSPITAL, "batch_code": row.batch_code,
        "year_no": row.year_no, "group_code": "", "product_code": "", "category": "",
        "numerator": str(row.numerator), "denominator": str(row.denominator),
        "value": f"{row.numerator / row.denominator:.6f}", "assessed": True, "cut": None,
    }  # fmt: skip


def test_values_filter_as_the_page(reader: Reader) -> None:
    query = {
        "month": "2026-03",
        "indicator": "completion_rate",
        "batch": "JX-YP-2026-1",
        "page_size": 200,
    }
    found = pages(reader("city"), VALUES, query)
    page = reader("city").get("/monitoring/indicators/completion_rate/", query)
    assert len(found) == page.context["total"] > 0


def test_lines_of_one_figure(reader: Reader) -> None:
    row = IndicatorValue.objects.filter(
        month=MARCH, indicator="completion_rate", subject_code=HOSPITAL, denominator__gt=0
    ).order_by("-numerator")[0]
    query = {
        "month": "2026-03", "indicator": "completion_rate", "window": "ytd",
        "subject_type": "institution", "subject_code": HOSPITAL, "batch": row.batch_code,
        "year": row.year_no, "product": row.product_code,
    }  # fmt: skip
    answer = reader("hospital").get(LINES, query)
    assert answer.status_code == 200
    body = answer.json()
    assert body["exact"] is True
    assert body["figure"]["numerator"] == str(row.numerator)
    assert {line["kind"] for line in body["lines"]} <= {"协议行", "收货", "退货"}
    assert reader("maker").get(LINES, query).status_code == 404
    missing = reader("hospital").get(LINES, {**query, "window": ""})
    assert missing.status_code == 400
    assert missing["Content-Type"] == "application/problem+json"


def test_computed_months_newest_first(reader: Reader) -> None:
    found = reader("hospital").get("/api/v1/computed-months/").json()["results"]
    assert [(one["month"], one["province"]) for one in found] == [
        ("2026-03", "360000"),
        ("2026-02", "360000"),
    ]
    assert set(found[0]) == {"month", "province", "computed_at", "revision"}


def test_broken_inputs_are_problems(reader: Reader) -> None:
    client = reader("province")
    assert client.get(VALUES, {"month": "2026-99"}).status_code == 400
    assert client.get(LINES).status_code == 400
    assert Client().get(VALUES).status_code == 401
