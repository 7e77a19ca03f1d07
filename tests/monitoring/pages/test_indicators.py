"""Definition pages: words, parameters with their clause, the month's rows filtered, sorted, exported."""

from __future__ import annotations

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from monitoring.indicators.registry import INDICATORS
from monitoring.models import IndicatorValue
from tests.monitoring.pages.conftest import HOSPITAL, MARCH, Reader


def test_list_has_every_indicator_with_its_clause(reader: Reader) -> None:
    text = reader("hospital").get("/monitoring/indicators/").content.decode()
    for indicator in INDICATORS:
        assert indicator.label in text
        assert indicator.clause in text


@pytest.mark.parametrize("code", [indicator.code for indicator in INDICATORS])
def test_definition_page_shows_words_and_visible_rows(reader: Reader, code: str) -> None:
    page = reader("province").get(f"/monitoring/indicators/{code}/", {"month": "2026-03"})
    assert page.status_code == 200
    rows = IndicatorValue.objects.filter(month=MARCH, indicator=code)
    assert page.context["total"] == rows.count()
    own = reader("hospital").get(f"/monitoring/indicators/{code}/", {"month": "2026-03"})
    assert own.context["total"] == rows.filter(institution__code=HOSPITAL).count()


def test_parameters_stand_with_value_and_clause(reader: Reader) -> None:
    page = reader("province").get(
        "/monitoring/indicators/non_selected_share/", {"month": "2026-03"}
    )
    lines = {(line["where"], line["value"]): line["clause"] for line in page.context["parameters"]}
    assert lines["2026年药品接续采购（示例）", "40%"] == "赣集采执行〔2026〕1号 三(二)"
    hours = reader("province").get("/monitoring/indicators/response_rate/").context["parameters"]
    assert ("response_hours", "48 小时") in {(line["key"], line["value"]) for line in hours}


@pytest.mark.parametrize(
    ("sort", "column"), [("numerator", "numerator"), ("denominator", "denominator")]
)
def test_sorted_pages_follow_each_other(reader: Reader, sort: str, column: str) -> None:
    client = reader("province")
    url, found = f"?month=2026-03&sort={sort}&dir=asc", []
    while url:
        page = client.get(f"/monitoring/indicators/completion_rate/{url}")
        found += [row.figure for row in page.context["rows"]]
        url = page.context["older_url"]
    values = [getattr(row, column) for row in found]
    assert values == sorted(values)
    assert len({row.pk for row in found}) == page.context["total"] > 50


def test_values_sort_downwards_with_empty_ones_last(reader: Reader) -> None:
    client = reader("province")
    url, values = "?month=2026-03&sort=value", []
    while url:
        page = client.get(f"/monitoring/indicators/substitute_ratio/{url}")
        values += [row.value for row in page.context["rows"]]
        url = page.context["older_url"]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=True)
    assert values[: len(known)] == known


def test_workbook_is_exactly_what_is_filtered(reader: Reader) -> None:
    query = {
        "month": "2026-03",
        "subject_type": "institution",
        "batch": "JX-YP-2026-1",
        "assessed": "1",
    }
    url = "/monitoring/indicators/completion_rate/"
    total = reader("city").get(url, query).context["total"]
    answer = reader("city").get(f"{url}export/", query)
    sheet = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0)
    head, *lines = sheet.to_python()
    rows = IndicatorValue.objects.filter(
        month=MARCH, indicator="completion_rate", batch_code="JX-YP-2026-1", assessed=True,
        city__code="360100",
    )  # fmt: skip
    assert len(lines) == total == rows.count() > 0
    assert {line[head.index("对象代码")] for line in lines} == set(
        rows.values_list("subject_code", flat=True)
    )


def test_unknown_indicator_and_broken_inputs(reader: Reader) -> None:
    client = reader("province")
    assert client.get("/monitoring/indicators/none_such/").status_code == 404
    assert client.get("/monitoring/indicators/signing_rate/?month=x").status_code == 400
    assert client.get("/monitoring/indicators/signing_rate/?cursor=x").status_code == 400
    assert client.get("/monitoring/indicators/signing_rate/export/?month=x").status_code == 400
    assert client.get("/monitoring/indicators/signing_rate/?month=2020-01").context["total"] == 0
