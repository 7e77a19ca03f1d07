"""Products under the two limits of supply: to the last line, and to each maker its own."""

from __future__ import annotations

from datetime import date

import pytest

from monitoring.queries.supply_limits import short_products, short_rows
from policy.models import Policy
from tests.factories import catalog, stages
from tests.monitoring.actions.cast import Cast

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)


def test_products_under_a_limit_are_listed_with_their_makers() -> None:
    cast = Cast()
    batch = catalog.batch(policy=Policy.objects.get(code="jiangxi-2024"))
    province = cast.province.region
    stages.computed_month(province=province, month=MARCH)
    # Limits of 赣2024: response 0.95, on time 0.90; at least ten lines.
    figures = (
        ("response_rate", "94", "100", cast.maker, True),
        ("response_rate", "95", "100", cast.maker, False),
        ("response_rate", "0", "9", cast.maker, False),
        ("response_rate", "9", "10", cast.other, True),
        ("on_time_rate", "90", "100", cast.maker, False),
        ("on_time_rate", "89", "100", cast.maker, True),
    )
    expected = set()
    for indicator, numerator, denominator, maker, short in figures:
        product = catalog.product(manufacturer=maker)
        row = stages.indicator_value(
            cast.hospital, month=MARCH, indicator=indicator, window="month",
            subject_type="product", subject_code=product.code, batch_code=batch.code, year_no=1,
            numerator=numerator, denominator=denominator, institution=None, enterprise=maker,
            county=None, city=None, pool=None, province=province,
        )  # fmt: skip
        if short:
            expected.add(row.pk)
    scope = cast.acting(cast.province)["scope"]
    assert set(short_products(scope).values_list("pk", flat=True)) == expected
    rows = short_rows(scope, short_products(scope).order_by("pk"))
    assert [(row.maker, row.value, row.limit) for row in rows] == [
        ("中选企业", "94.00%", "95%"), ("别家企业", "90.00%", "95%"), ("中选企业", "89.00%", "90%"),
    ]  # fmt: skip
    assert all(row.act_url for row in rows)
    own = cast.acting(cast.other)["scope"]
    (row,) = short_rows(own, short_products(own))
    assert (row.maker, row.act_url) == ("别家企业", "")
    assert not short_products(cast.acting(cast.county)["scope"]).exists()
