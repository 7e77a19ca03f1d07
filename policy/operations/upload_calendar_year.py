"""A province user enters a year's 节假日安排, or corrects one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.audit.record import Actor, record
from core.jobs.enqueue import enqueue
from core.operations import operation
from core.workdays.models import CalendarYear
from core.workdays.upload import CalendarRow, store_year

RECOMPUTE = "recompute_deadlines"
"""Kind of the job that brings stored deadlines up to date."""


@operation
def upload_year(
    *, year: int, rows: Sequence[CalendarRow], source: str, by: Actor, at: datetime
) -> CalendarYear:
    """Publish the year's working days, and queue the recomputing of deadlines held as 暂定.

    Rows come from core.workdays.upload.parse_rows. Raises CalendarUploadRefused when the year
    before it is not published.
    """
    stored = store_year(
        year=year,
        rows=rows,
        source=source,
        by_id=by.audit_id,
        by_name=by.audit_name[:60],
        at=at,
    )
    # By name: the deadlines belong to apps above this one, which know the job.
    enqueue(kind=RECOMPUTE, key=str(year), arguments={"year": year}, by=by, at=at)
    record(
        by=by,
        at=at,
        action="calendar.upload_year",
        object_type="calendar_year",
        object_key=year,
        object_label=f"{year} 年工作日历",
        reason=source,
        detail={"workdays": sum(row.is_workday for row in rows), "days": len(rows)},
    )
    return stored
