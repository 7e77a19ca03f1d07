"""Complaints past their day, by enterprise and product; and many institutions with one complaint."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from complaints.models import Complaint
from complaints.operations.moves import claim_solved, reply_complaint, withdraw_complaint
from core.audit.record import SystemActor
from monitoring.models import Warning
from monitoring.operations.raise_daily import raise_daily_warnings
from monitoring.queries.warning_rows import warning_rows
from monitoring.rules import Rule
from monitoring.rules.complaints import (
    COMPLAINT_CONCENTRATION,
    COMPLAINT_UNANSWERED,
    COMPLAINT_UNRESOLVED,
)
from organisations.models import Region
from tests.complaints.cast import Cast, moment
from tests.factories import organisations as people
from tests.factories import stages

pytestmark = pytest.mark.django_db
JOB = SystemActor("定时任务")
AT = moment("2026-09-30 10:00")
"""The reply is due on 9 October, across the holiday."""


@pytest.fixture
def cast() -> Cast:
    """In 江西, where both clocks are in force."""
    made = Cast()
    Region.objects.filter(pk=made.province_region.pk).update(code="360000")
    return made


def run(rule: Rule, on: date) -> list[tuple[str, str, str]]:
    raise_daily_warnings(rule, on=on, by=JOB, at=moment(f"{on} 12:00"))
    rows = Warning.objects.filter(rule=rule.code).order_by("subject_type", "pk")
    return list(rows.values_list("subject_type", "severity", "state"))


def test_unanswered_fires_the_day_after_and_ends_with_the_reply(cast: Cast) -> None:
    complaint = cast.file(AT)
    assert run(COMPLAINT_UNANSWERED, date(2026, 10, 9)) == []
    found = run(COMPLAINT_UNANSWERED, date(2026, 10, 10))
    assert found == [("distributor", "orange", "open"), ("manufacturer", "orange", "open")]
    assert run(COMPLAINT_UNANSWERED, date(2026, 10, 10)) == found
    row = warning_rows(Warning.objects.filter(subject_type="distributor"))[0]
    assert (row.measured, row.threshold) == ("1 件", "0 件")
    later = moment("2026-10-10 15:00")
    reply_complaint(
        complaint=complaint, reply="送", promised_on=date(2026, 10, 12),
        **cast.acting(cast.carrier, later),
    )  # fmt: skip
    assert {state for _, _, state in run(COMPLAINT_UNANSWERED, date(2026, 10, 10))} == {"recovered"}
    assert run(COMPLAINT_UNRESOLVED, date(2026, 10, 12)) == []
    assert run(COMPLAINT_UNRESOLVED, date(2026, 10, 13)) == [
        ("distributor", "red", "open"), ("manufacturer", "red", "open"),
    ]  # fmt: skip
    claim_solved(complaint=complaint, solution="到", **cast.acting(cast.carrier, later))
    assert {state for _, _, state in run(COMPLAINT_UNRESOLVED, date(2026, 10, 13))} == {"recovered"}


def test_nothing_of_a_withdrawn_one_nor_of_one_that_an_enterprise_filed(cast: Cast) -> None:
    mine = cast.file(AT)
    cast.file(AT, cast.carrier, category="not_received")
    withdraw_complaint(complaint=mine, withdrawal="误报", **cast.acting(cast.hospital, AT))
    assert [
        run(rule, date(2026, 12, 1)) for rule in (COMPLAINT_UNANSWERED, COMPLAINT_UNRESOLVED)
    ] == [[], []]


def test_a_province_without_the_value_is_not_warned_of(cast: Cast) -> None:
    Region.objects.filter(pk=cast.province_region.pk).update(code="610000")
    cast.file(AT)
    assert run(COMPLAINT_UNANSWERED, date(2026, 12, 1)) == []


@pytest.mark.parametrize(
    ("institutions", "days", "fires"), [(4, 0, False), (5, 0, True), (5, 29, True), (5, 30, False)]
)
def test_five_institutions_in_thirty_days_are_many(
    cast: Cast, institutions: int, days: int, fires: bool
) -> None:
    for _ in range(institutions):
        hospital = people.organisation(region=cast.region)
        parties = stages.Parties(hospital, cast.maker, cast.carrier)
        # The same institution twice counts once.
        for hour in (0, 1):
            stages.complaint(
                parties, product=cast.product, filed_at=AT + timedelta(hours=hour),
                category="shortage",
            )  # fmt: skip
    on = date(2026, 9, 30) + timedelta(days=days)
    assert len(run(COMPLAINT_CONCENTRATION, on)) == fires
    if fires:
        warning = Warning.objects.get()
        assert (warning.measured, warning.threshold) == (Decimal(5), Decimal(5))
        assert warning.enterprise == cast.maker
        Complaint.objects.filter(pk=Complaint.objects.earliest("pk").pk).update(withdrawn_at=AT)
        Complaint.objects.filter(pk=Complaint.objects.order_by("pk")[1].pk).update(withdrawn_at=AT)
        assert run(COMPLAINT_CONCENTRATION, on)[0][2] == "recovered"
