"""Figures open to definition, parts and lines that sum exactly; nobody opens another's."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from django.db.models import F
from python_calamine import CalamineWorkbook

from monitoring.indicators.registry import BY_CODE
from monitoring.models import IndicatorValue
from monitoring.queries.figure_address import figure_url
from organisations.models import User
from tests.monitoring.indicators.provinces import compute
from tests.monitoring.pages.conftest import HOSPITAL, MARCH, Reader


def one_of_each_kind() -> Iterable[IndicatorValue]:
    """The largest row of each indicator, window and subject type."""
    rows = IndicatorValue.objects.filter(month=MARCH).annotate(province_code=F("province__code"))
    return rows.order_by("indicator", "window", "subject_type", "-denominator").distinct(
        "indicator", "window", "subject_type"
    )


def test_every_kind_of_figure_opens_and_its_parts_are_exact(reader: Reader) -> None:
    client = reader("province")
    opened = set()
    for row in one_of_each_kind():
        page = client.get(figure_url(row))
        assert page.status_code == 200, figure_url(row)
        text = page.content.decode()
        assert "完全一致" in text, figure_url(row)
        assert BY_CODE[row.indicator].numerator in text
        assert BY_CODE[row.indicator].clause in text
        lines = client.get(figure_url(row, side="all"))
        assert lines.context["lines"].exact, figure_url(row)
        assert lines.context["lines"].rows
        assert all(line.number != "不在您的查看范围" for line in lines.context["lines"].rows)
        opened.add(row.indicator)
    assert opened == set(BY_CODE)


def test_region_opens_to_its_units_and_these_to_lines(reader: Reader) -> None:
    client = reader("city")
    row = IndicatorValue.objects.filter(
        month=MARCH, indicator="non_selected_share", window="ytd", subject_type="city",
        subject_code="360100",
    ).order_by("-numerator")[0]  # fmt: skip
    page = client.get(figure_url(row))
    units = page.context["units"]
    assert units.exact
    assert units.count == len(units.rows)
    assert {part.figure.city_id for part in units.rows} == {row.city_id}
    assert all(client.get(part.url).status_code == 200 for part in units.rows)
    lower = page.context["lower"]
    assert sum(part.figure.denominator for part in lower) <= row.denominator
    assert all(client.get(part.url).status_code == 200 for part in lower)


def test_excluded_lines_say_why_and_add_nothing(reader: Reader) -> None:
    row = next(
        row
        for row in IndicatorValue.objects.filter(
            month=MARCH, indicator="selected_amount_share", window="ytd", category="all",
            subject_type="institution",
        )
        if reader("province").get(figure_url(row, side="excluded")).context["lines"].excluded
    )  # fmt: skip
    lines = reader("province").get(figure_url(row, side="excluded")).context["lines"]
    assert {line.excluded for line in lines.rows} == {"国谈药品，分子分母均不计"}
    assert {(line.part, line.numerator, line.denominator) for line in lines.rows} == {
        ("剔除", 0, 0)
    }
    assert lines.exact


def test_pages_of_lines_cover_all_of_them_once(reader: Reader) -> None:
    client = reader("province")
    row = IndicatorValue.objects.filter(
        month=MARCH, indicator="response_rate", subject_type="province"
    )[0]
    url, numbers = figure_url(row, side="all"), []
    while url:
        page = client.get(url)
        numbers += [line.number for line in page.context["lines"].rows]
        url = page.context["urls"]["next"]
    lines = page.context["lines"]
    assert len(numbers) == len(set(numbers)) == lines.counted + lines.excluded > 100


def test_workbook_has_every_line_and_sums_to_the_figure(reader: Reader) -> None:
    row = IndicatorValue.objects.filter(
        month=MARCH, indicator="completion_rate", subject_code=HOSPITAL, denominator__gt=0
    ).order_by("-numerator")[0]
    answer = reader("hospital").get(figure_url(row, route="figure-export"))
    assert answer.status_code == 200
    head, *lines = (
        CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    )
    numerator, denominator = head.index("计入分子"), head.index("计入分母")
    assert round(sum(float(line[numerator]) for line in lines), 6) == round(float(row.numerator), 6)
    assert sum(float(line[denominator]) for line in lines) == float(row.denominator)


def test_nobody_opens_a_figure_of_others(reader: Reader, sample: dict[str, User]) -> None:
    rows = IndicatorValue.objects.filter(month=MARCH)
    own_maker = sample["maker"].organisation_id
    cases = [
        ("hospital", rows.filter(subject_type="institution").exclude(subject_code=HOSPITAL)),
        ("hospital", rows.filter(subject_type__in=["county", "city", "pool", "province"])),
        ("county", rows.filter(subject_type="city")),
        ("city", rows.filter(subject_type="city").exclude(subject_code="360100")),
        ("city", rows.filter(subject_type="manufacturer")),
        ("maker", rows.filter(subject_type="institution")),
        ("maker", rows.filter(enterprise__isnull=False).exclude(enterprise_id=own_maker)),
    ]
    for name, hidden in cases:
        client = reader(name)
        for row in (hidden.first(), hidden.last()):
            assert row is not None
            assert client.get(figure_url(row)).status_code == 404, (name, figure_url(row))
            assert client.get(figure_url(row, route="figure-export")).status_code == 404


def test_a_makers_lines_are_its_own_products(reader: Reader, sample: dict[str, User]) -> None:
    maker = sample["maker"].organisation
    names = set(maker.products.values_list("name", flat=True))
    rows = IndicatorValue.objects.filter(month=MARCH, enterprise=maker)
    kinds = rows.order_by("indicator", "window", "subject_type").distinct(
        "indicator", "window", "subject_type"
    )
    seen = 0
    for row in kinds:
        for line in reader("maker").get(figure_url(row)).context["lines"].rows:
            assert any(line.matter.startswith(name) for name in names), line
            seen += 1
    assert seen


def test_address_survives_a_new_computation(reader: Reader) -> None:
    row = IndicatorValue.objects.filter(
        month=MARCH, indicator="response_rate", subject_type="city"
    )[0]
    before, url = row.pk, figure_url(row)
    compute(MARCH)
    assert not IndicatorValue.objects.filter(month=MARCH, pk=before).exists()
    assert reader("province").get(url).status_code == 200


def test_wrong_addresses_are_refused_in_words(reader: Reader) -> None:
    client = reader("province")
    tail = "response_rate/month/province/360000/"
    assert client.get(f"/monitoring/figures/2026-13/{tail}").status_code == 400
    assert client.get(f"/monitoring/figures/2020-01/{tail}").status_code == 404
    assert client.get(f"/monitoring/figures/2026-03/{tail}", {"year": "x"}).status_code == 400
    assert client.get(f"/monitoring/figures/2026-03/{tail}", {"after": "x"}).status_code == 400
    assert client.get(f"/monitoring/figures/2026-03/{tail}", {"side": "x"}).status_code == 400
    other = "/monitoring/figures/2026-03/no_such/month/province/360000/"
    assert client.get(other).status_code == 404
