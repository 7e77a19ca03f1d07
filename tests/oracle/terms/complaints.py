"""reply_on_time_rate and resolve_on_time_rate of the complaints filed by institutions."""

from __future__ import annotations

from datetime import date

from ..dataset import Complaint
from ..periods import nth_workday_after
from ..rows import Key, Row, Tally, region_rows
from ..world import World


def reply_deadline(world: World, complaint: Complaint) -> date | None:
    """The last day to reply; None when it lies after the month."""
    days = int(world.province_terms().value("reply_workdays"))
    return nth_workday_after(complaint.filed_at.date(), days, world.month.last_day)


def resolution_deadline(world: World, complaint: Complaint) -> date | None:
    """The last day to resolve; None when it lies after the month.

    The day promised, at most promise_workdays after the reply (a late reply counts as one on its last day);
    without a promise or a known reply that latest day.
    """
    days = int(world.province_terms().value("promise_workdays"))
    replied_at = complaint.replied_at
    replied_on = replied_at.date() if replied_at and replied_at < world.month.cut else None
    reply_due = reply_deadline(world, complaint)
    counted_from = min((day for day in (replied_on, reply_due) if day), default=None)
    if counted_from is None:
        return None
    latest = nth_workday_after(counted_from, days, world.month.last_day)
    promised = complaint.promised_on if replied_on else None
    if promised and (latest is None or promised < latest):
        return promised
    return latest


def complaints(world: World) -> list[Row]:
    units, parties = Tally(), Tally()
    for complaint in world.data.complaints:
        if complaint.filed_by == "enterprise":
            continue
        for indicator, deadline, done_at in (
            ("reply_on_time_rate", reply_deadline(world, complaint), complaint.replied_at),
            ("resolve_on_time_rate", resolution_deadline(world, complaint), complaint.resolved_at),
        ):
            if deadline is None or not world.month.window.holds_day(deadline):
                continue
            in_time = 1 if done_at and done_at.date() <= deadline else 0
            unit = world.unit_of[complaint.institution_code]
            units.add(Key(indicator, "month", "institution", unit), in_time, 1)
            if complaint.manufacturer_uscc:
                parties.add(
                    Key(indicator, "month", "manufacturer", complaint.manufacturer_uscc), in_time, 1
                )
            if complaint.distributor_uscc:
                parties.add(
                    Key(indicator, "month", "distributor", complaint.distributor_uscc), in_time, 1
                )
    return [*region_rows(world, list(units.rows())), *parties.rows()]
