"""When a report may be filled in and handed in: [opens_at, closes_at), or a later end of its own."""

from __future__ import annotations

from datetime import datetime

from core.transitions.verdict import ALLOWED, Verdict
from core.workdays.deadlines import SHANGHAI

REMIND_DAYS = 3
"""A reminder goes out this many days before the end (流程 报)."""


def ends_at(closes_at: datetime, extended_until: datetime | None) -> datetime:
    """The first instant that is too late for this unit."""
    return max(closes_at, extended_until) if extended_until else closes_at


def within_window(
    at: datetime, *, opens_at: datetime, closes_at: datetime, extended_until: datetime | None = None
) -> Verdict:
    """The last second counts, the next does not."""
    if at < opens_at:
        return Verdict(False, f"填报自 {moment(opens_at)} 开始，请届时填报")
    end = ends_at(closes_at, extended_until)
    if at >= end:
        return Verdict(
            False,
            f"填报已于 {moment(end)} 截止；确需补报或修改的，请向发起任务的医保局说明理由，由其延期或重新开放",
        )
    return ALLOWED


def moment(at: datetime) -> str:
    """As people read it, to the second where it has any."""
    local = at.astimezone(SHANGHAI)
    return f"{local:%Y-%m-%d %H:%M:%S}" if local.second else f"{local:%Y-%m-%d %H:%M}"
