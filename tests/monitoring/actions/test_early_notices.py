"""早期提示: kept today, broken by the year's end at the present pace; each boundary to the last digit."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.audit.record import SystemActor
from inbox.models import Notice
from monitoring.models import EarlyNotice
from monitoring.operations.early_notices import look_ahead
from policy.models import Policy
from tests.factories import catalog, stages
from tests.factories import organisations as people
from tests.monitoring.actions.cast import NOW

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
# 2026 is the year: 90 days have passed at the end of March, 275 are left of 365.


def found(rule: str, policy: str, ytd: tuple[str, str], month: tuple[str, str] | None) -> list[str]:
    """Of one hospital's figures of March: the projected values of its early notices."""
    hospital = people.organisation()
    batch = catalog.batch(policy=Policy.objects.get(code=policy))
    catalog.agreement_year(
        batch=batch, year_no=1, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
    )
    indicator = "completion_rate" if rule == "overrun" else rule
    for window, values in (("ytd", ytd), ("month", month)):
        if values is not None:
            stages.indicator_value(
                hospital, month=MARCH, indicator=indicator, window=window,
                batch_code=batch.code, year_no=1, product_code="P1",
                numerator=values[0], denominator=values[1],
            )  # fmt: skip
    if rule == "fulfilment_rate":
        stages.indicator_value(
            hospital, month=MARCH, indicator="completion_rate", window="ytd",
            batch_code=batch.code, year_no=1, product_code="P1", numerator="1", denominator="9",
        )  # fmt: skip
    look_ahead(month=MARCH, by=SystemActor("测试"), at=NOW)
    look_ahead(month=MARCH, by=SystemActor("测试"), at=NOW)
    rows = EarlyNotice.objects.filter(institution=hospital, rule=rule)
    assert Notice.objects.filter(organisation=hospital).count() == min(rows.count(), 1)
    assert all((row.pace_days, row.rest_days) in ((31, 275), (90, 275)) for row in rows)
    return [f"{row.projected.normalize():f}" for row in rows]


@pytest.mark.parametrize(
    ("ytd", "month", "notices"),
    [
        (("20", "100"), ("31", "31"), 1),
        # At the limit of 0.30 now and by the year's end: nothing is broken.
        (("30", "100"), ("9.3", "31"), 0),
        (("30", "100"), ("9.3001", "31"), 1),
        # Broken already: that is the warning's business.
        (("30.0001", "100"), ("31", "31"), 0),
        (("20", "100"), None, 0),
    ],
)
def test_share_goes_on_at_the_months_pace(
    ytd: tuple[str, str], month: tuple[str, str] | None, notices: int
) -> None:
    assert len(found("non_selected_share", "jiangxi-2024", ytd, month)) == notices


def test_projection_by_hand() -> None:
    by_hand = (Decimal(20) * 31 + Decimal(31) * 275) / (Decimal(100) * 31 + Decimal(31) * 275)
    assert found("non_selected_share", "jiangxi-2024", ("20", "100"), ("31", "31")) == [
        f"{by_hand:.8f}".rstrip("0")
    ]


@pytest.mark.parametrize(
    ("ytd", "month", "notices"),
    [
        (("80", "100"), ("24.8", "31"), 0),
        (("80", "100"), ("24.7999", "31"), 1),
        (("79.9999", "100"), ("0", "31"), 0),
    ],
)
def test_fulfilment_falls_under_its_minimum(
    ytd: tuple[str, str], month: tuple[str, str], notices: int
) -> None:
    assert len(found("fulfilment_rate", "shandong-2023", ytd, month)) == notices


@pytest.mark.parametrize(
    ("numerator", "projected"),
    [("360", []), ("360.0001", ["4.00000111"]), ("1460", ["16.22222222"]), ("1460.0001", [])],
)
def test_overrun_goes_on_at_the_years_pace(numerator: str, projected: list[str]) -> None:
    assert found("overrun", "shandong-2023", (numerator, "365"), None) == projected


def test_a_limit_that_is_not_in_force_is_not_looked_ahead_to() -> None:
    assert found("overrun", "jiangxi-2024", ("1000", "365"), None) == []
