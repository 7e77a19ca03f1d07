"""Rehearsals of changes of values."""

from __future__ import annotations

from datetime import date

from monitoring.models import Rehearsal, RehearsalRow
from policy.models import ValueChange
from tests.factories.catalog import value_change
from tests.factories.core import job
from tests.factories.organisations import LONG_AGO


def rehearsal(change: ValueChange | None = None, **fields: object) -> Rehearsal:
    values: dict[str, object] = {
        "asked_months": 1, "asked_at": LONG_AGO, "asked_by_name": "测试", "ended_at": LONG_AGO,
    }  # fmt: skip
    if "job" not in fields:
        values["job"] = job()
    return Rehearsal.objects.create(change=change or value_change(), **values | fields)


def rehearsal_row(of: Rehearsal | None = None, **fields: object) -> RehearsalRow:
    values: dict[str, object] = {
        "month": date(2026, 3, 1), "effect": "named", "rule": "low_response",
        "subject_type": "manufacturer", "subject_code": "EM1", "measured": 1, "threshold_then": 1,
        "severity_then": "orange",
    }  # fmt: skip
    return RehearsalRow.objects.create(rehearsal=of or rehearsal(), **values | fields)
