"""Odd codes warn the institution that scanned, and the distributor, until none is found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.audit.record import SystemActor
from monitoring.models import Warning
from monitoring.operations.raise_daily import raise_daily_warnings
from monitoring.rules.codes import DUPLICATE_TRACE_CODE
from tests.factories import receiving, stages

pytestmark = pytest.mark.django_db
JOB = SystemActor("定时任务")
TODAY = date(2026, 6, 15)
NOW = datetime(2026, 6, 15, 2, tzinfo=UTC)


def run(on: date = TODAY) -> None:
    raise_daily_warnings(DUPLICATE_TRACE_CODE, on=on, by=JOB, at=NOW)


def test_both_sides_are_warned_once_and_recover_after_thirty_days() -> None:
    of = stages.parties()
    found = receiving.code_finding(of, found_at=NOW)
    run()
    run()
    rows = list(Warning.objects.order_by("subject_type"))
    assert [row.subject_type for row in rows] == ["distributor", "institution"]
    assert {(row.severity, row.measured, row.state) for row in rows} == {("red", 1, "open")}
    assert rows[0].enterprise_id == of.distributor.pk
    assert rows[1].institution_id == of.institution.pk
    assert {row.product_code for row in rows} == {found.product.code}
    assert {row.province_id for row in rows} == {found.province_id}
    run(TODAY + timedelta(days=29))
    assert not Warning.objects.exclude(state="open").exists()
    run(TODAY + timedelta(days=30))
    assert set(Warning.objects.values_list("state", flat=True)) == {"recovered"}
