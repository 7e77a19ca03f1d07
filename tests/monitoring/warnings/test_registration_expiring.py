"""A 注册证 that runs out: yellow at 90 days, orange at 30, red at 0, over when it is renewed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from catalog.models import Product, Registration
from catalog.operations.registrations import record_registration
from core.audit.record import SystemActor
from core.jobs.daily import enqueue_daily
from core.jobs.models import Job
from inbox.models import Notice, Task
from monitoring.models import Warning, WarningMonth, WarningStep
from monitoring.operations.raise_daily import raise_daily_warnings
from monitoring.queries.warning_rows import warning_rows
from monitoring.rules.registrations import REGISTRATION_EXPIRING
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages

pytestmark = pytest.mark.django_db
JOB = SystemActor("定时任务")
TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 2, tzinfo=UTC)


def run(on: date = TODAY) -> list[tuple[str, str]]:
    raise_daily_warnings(REGISTRATION_EXPIRING, on=on, by=JOB, at=NOW)
    return list(Warning.objects.order_by("pk").values_list("severity", "state"))


@pytest.fixture
def product() -> Product:
    county = people.county()
    people.organisation("bureau", region=county.parent.parent)  # type: ignore[union-attr]
    maker = people.organisation("enterprise", region=county)
    return make.product(manufacturer=maker)


def papered(product: Product, expires_on: date) -> Registration:
    paper = make.registration(manufacturer=product.manufacturer)
    make.registration_version(registration=paper, expires_on=expires_on)
    make.product_registration(product=product, registration=paper)
    return paper


@pytest.mark.parametrize(
    ("days", "severity", "threshold"),
    [
        (91, None, None), (90, "yellow", 90), (89, "yellow", 90), (31, "yellow", 90),
        (30, "orange", 30), (1, "orange", 30), (0, "red", 0), (-1, "red", 0),
    ],
)  # fmt: skip
def test_colour_follows_the_days_left(
    product: Product, days: int, severity: str | None, threshold: int | None
) -> None:
    papered(product, TODAY + timedelta(days=days))
    run()
    found = list(Warning.objects.values_list("severity", "measured", "threshold"))
    assert found == ([] if severity is None else [(severity, days, threshold)])


def test_same_warning_turns_severer_and_is_told_once_a_day(product: Product) -> None:
    papered(product, date(2026, 9, 1))
    assert run(date(2026, 6, 15)) == [("yellow", "open")]
    assert run(date(2026, 6, 15)) == [("yellow", "open")]
    assert run(date(2026, 8, 2)) == [("orange", "open")]
    assert run(date(2026, 9, 1)) == [("red", "open")]
    steps = WarningStep.objects.order_by("pk").values_list("verb", "text")
    assert list(steps) == [
        ("raise", ""), ("escalate", "级别升为橙色"), ("escalate", "级别升为红色")
    ]  # fmt: skip
    maker = product.manufacturer
    assert Task.objects.filter(organisation=maker, done_at__isnull=True).count() == 1
    assert Notice.objects.filter(organisation=maker).count() == 3
    assert Notice.objects.exclude(organisation=maker).count() == 3


def test_closed_one_is_sent_out_again_when_it_turns_severer(product: Product) -> None:
    papered(product, date(2026, 9, 1))
    run()
    Warning.objects.update(state="explained")
    Warning.objects.update(state="closed")
    assert run(date(2026, 8, 1)) == [("yellow", "closed")]
    assert run(date(2026, 8, 2)) == [("orange", "open")]


def test_renewal_in_force_ends_it_by_itself(product: Product) -> None:
    paper = papered(product, TODAY)
    assert run() == [("red", "open")]
    record_registration(
        number=paper.number, kind=paper.kind, manufacturer=paper.manufacturer, holder="甲公司",
        issued_on=TODAY, expires_on=date(2031, 6, 14), scope_text="", valid_from=TODAY,
        source="延续", by=JOB, at=NOW,
    )  # fmt: skip
    assert run() == [("red", "recovered")]
    assert not Task.objects.filter(done_at__isnull=True).exists()
    assert WarningMonth.objects.get().measured == 0


def test_other_rules_warnings_are_left_alone(product: Product) -> None:
    hospital = people.organisation("institution")
    stages.warning(hospital)
    papered(product, TODAY)
    run()
    run(TODAY + timedelta(days=1))
    assert Warning.objects.exclude(rule="registration_expiring").get().mended_month is None


def test_institutions_that_bought_it_within_a_year_are_told(product: Product) -> None:
    papered(product, TODAY + timedelta(days=30))
    told = {}
    for name, days in (("recent", 360), ("long ago", 400)):
        hospital = people.organisation("institution")
        parties = stages.Parties(hospital, product.manufacturer, people.organisation("enterprise"))
        moment = NOW - timedelta(days=days)
        order = stages.order(parties, sent_at=moment)
        stages.order_line(parties, order=order, product=product, ordered_at=moment)
        told[name] = hospital
    run()
    assert Notice.objects.filter(organisation=told["recent"], body=product.name).count() == 1
    assert not Notice.objects.filter(organisation=told["long ago"]).exists()


def test_measure_is_read_in_days(product: Product) -> None:
    papered(product, TODAY + timedelta(days=7))
    run()
    [row] = warning_rows(Warning.objects.all())
    assert (row.measured, row.threshold, row.label) == ("7 天", "30 天", "注册证即将到期")


def test_a_day_has_one_job() -> None:
    first = enqueue_daily(kind="daily_warnings", by=JOB, at=NOW)
    assert first is not None and first.arguments == {"on": "2026-06-15"}
    assert enqueue_daily(kind="daily_warnings", by=JOB, at=NOW) is None
    Job.objects.filter(pk=first.pk).update(state="dead")
    assert enqueue_daily(kind="daily_warnings", by=JOB, at=NOW) is not None
