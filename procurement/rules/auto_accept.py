"""When a delivery that nobody received is accepted by the clock, once a province has switched it on."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from core.workdays.deadlines import Deadline, add_workdays

TIMES = 2
"""Accepted after so many times receipt_workdays (platform default)."""
NOTICE = timedelta(days=1)
"""Both sides hear of it at least so long before."""


def announce_from(*, arrived_on: date, workdays: int) -> datetime:
    """The institution's own deadline has passed: from then on the acceptance may be announced."""
    return add_workdays(arrived_on, workdays).ends_at


def accept_deadline(*, arrived_on: date, workdays: int) -> Deadline:
    """receipt_workdays × 2 after the arrival."""
    return add_workdays(arrived_on, workdays * TIMES)


def accept_time(*, arrived_on: date, workdays: int, now: datetime) -> datetime | None:
    """When it will be accepted, once that is to be announced; None before.

    Never less than a day after the announcement: a clock that stood still gives no surprise.
    """
    if now < announce_from(arrived_on=arrived_on, workdays=workdays):
        return None
    planned = accept_deadline(arrived_on=arrived_on, workdays=workdays).ends_at
    return max(planned, now + NOTICE)
