"""A product's page: sums are of the figures that the reader sees, and open to them."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Sum

from catalog.models import Product
from monitoring.models import IndicatorValue
from monitoring.queries.figure_distributors import distributor_shares
from monitoring.queries.names import names_of
from monitoring.queries.product_demand import NOT_IN_FORCE
from organisations.models import FormerName, Organisation
from tests.monitoring.pages.conftest import HOSPITAL, MARCH, Reader
from volumes.models import VolumeReportLine


def of_product(**more: object) -> tuple[str, object]:
    rows = IndicatorValue.objects.filter(month=MARCH, indicator="completion_rate", **more)
    code = rows.order_by("-denominator").values_list("product_code", flat=True)[0]
    return code, rows.filter(product_code=code)


def test_the_province_sees_all_cities_and_their_sum(reader: Reader) -> None:
    code, rows = of_product()
    page = reader("province").get(f"/monitoring/product/{code}/", {"month": "2026-03"})
    assert page.status_code == 200
    context = page.context_data
    sums = rows.aggregate(n=Sum("numerator"), d=Sum("denominator"))  # type: ignore[attr-defined]
    assert context["whole"].value == sums["n"] / sums["d"]
    assert sum(row.institutions for row in context["cities"]) == rows.count()  # type: ignore[attr-defined]
    assert "采购与供应看板" in reader("province").get(f"/catalog/products/{code}/").content.decode()


def test_a_hospital_sees_its_own_row_only(reader: Reader) -> None:
    code, _ = of_product(subject_code=HOSPITAL)
    page = reader("hospital").get(f"/monitoring/product/{code}/", {"month": "2026-03"})
    assert {row.code for row in page.context_data["institutions"]} == {HOSPITAL}
    links = re.findall(r'href="(/monitoring/figures/[^"]+)"', page.content.decode())
    assert links
    assert all(HOSPITAL in link or "/distributor/" in link for link in links)


def test_an_unknown_product_has_no_page(reader: Reader) -> None:
    assert reader("province").get("/monitoring/product/XNONE/").status_code == 404


def supplied() -> IndicatorValue:
    """The March figure of response with the most lines, of one product and batch."""
    rows = IndicatorValue.objects.filter(
        month=MARCH, indicator="response_rate", subject_type="product"
    )
    return rows.order_by("-denominator")[0]


def test_distributors_of_a_product_add_up_to_its_figures(reader: Reader) -> None:
    figure = supplied()
    for indicator in ("response_rate", "on_time_rate", "fulfilment_rate"):
        row = IndicatorValue.objects.get(
            month=MARCH, indicator=indicator, window="month", subject_type="product",
            subject_code=figure.subject_code, batch_code=figure.batch_code, year_no=figure.year_no,
        )  # fmt: skip
        shares = distributor_shares(row)
        assert sum(share.numerator for share in shares) == row.numerator
        assert sum(share.denominator for share in shares) == row.denominator
        assert None not in {share.distributor_id for share in shares}


def test_each_distributors_rate_opens_to_its_own_lines(reader: Reader) -> None:
    figure = supplied()
    client = reader("province")
    url = f"/monitoring/product/{figure.subject_code}/supply/"
    page = client.get(url, {"month": "2026-03", "batch": figure.batch_code})
    rows = page.context_data["rows"]
    assert {row.name for row in rows} <= set(
        Organisation.objects.filter(is_distributor=True).values_list("name", flat=True)
    )
    first = rows[0]
    lines = client.get(first.rates[0].url)
    assert lines.status_code == 200
    assert first.name in lines.content.decode()
    shown = lines.context_data["lines"]
    parts = f"{shown.numerator} / {shown.denominator}"
    assert parts == first.rates[0].parts
    whole = [row for row in rows if (row.batch, row.year) == (first.batch, first.year)]
    assert shown.exact == (len(whole) == 1)
    wrong = client.get(first.rates[0].url.replace(first.code, "X0000"))
    assert (wrong.status_code, "没有这家配送企业" in wrong.content.decode()) == (400, True)


def test_reported_demand_adds_up_and_opens_to_its_lines(reader: Reader) -> None:
    line = VolumeReportLine.objects.exclude(status__in=NOT_IN_FORCE).order_by("-reported_qty")[0]
    product = Product.objects.filter(group=line.group).order_by("code")[0]
    own = VolumeReportLine.objects.filter(
        group=line.group, batch=line.batch, year_no=line.year_no
    ).exclude(status__in=NOT_IN_FORCE)
    page = reader("province").get(f"/monitoring/product/{product.code}/", {"month": "2026-03"})
    (row,) = [
        each
        for each in page.context_data["demand"]
        if (each.batch, each.year_no) == (line.batch.code, line.year_no)
    ]
    assert row.reported == own.aggregate(all=Sum("reported_qty"))["all"]
    opened = reader("province").get(row.url)
    assert opened.context_data["total"] == own.count() == row.units
    hospital = reader("hospital").get(row.url).context_data["rows"]
    assert {each.institution.code for each in hospital} <= {HOSPITAL}
    assert reader("maker").get(row.url).context_data["rows"] == []


def test_a_past_month_names_an_organisation_as_it_was_called(reader: Reader) -> None:
    hospital = Organisation.objects.get(code=HOSPITAL)
    row = IndicatorValue.objects.filter(month=MARCH, subject_code=HOSPITAL)[0]
    for name, day in (("更早的医院", date(2026, 3, 31)), ("从前的医院", date(2026, 4, 1))):
        FormerName.objects.create(
            organisation=hospital, name=name, code=hospital.code, valid_to=day, change_no="BG1"
        )
    assert names_of([row]).subject(row) == "从前的医院"
    row.month = date(2026, 4, 1)
    assert names_of([row]).subject(row) == hospital.name
    row.month = date(2026, 2, 1)
    assert names_of([row]).subject(row) == "更早的医院"
    other = Organisation.objects.filter(kind="institution").exclude(pk=hospital.pk)[0]
    FormerName.objects.create(
        organisation=other, name="旧码医院", code="H00000000000", valid_to=date(2026, 4, 1),
        change_no="BG2",
    )  # fmt: skip
    row.subject_code, row.month = "H00000000000", MARCH
    assert names_of([row]).subject(row) == "旧码医院"
    row.month = date(2026, 4, 1)
    assert names_of([row]).subject(row) == other.name
