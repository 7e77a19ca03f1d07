"""A product's page: sums are of the figures that the reader sees, and open to them."""

from __future__ import annotations

import re

from django.db.models import Sum

from monitoring.models import IndicatorValue
from tests.monitoring.pages.conftest import HOSPITAL, MARCH, Reader


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
