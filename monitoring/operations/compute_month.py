"""Compute all indicators of a month and raise its warnings."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from django.db import connection
from django.db.backends.utils import CursorWrapper

from core.audit.record import Actor, record
from core.jobs.kinds import JobRefused
from core.operations import operation
from core.workdays.errors import CalendarYearMissing
from monitoring.indicators.base import BASE, build_base
from monitoring.indicators.cut import SHANGHAI, MonthCut, UsedValues, parameters_of
from monitoring.indicators.registry import INDICATORS
from monitoring.indicators.rollup import REGION, write_rows
from monitoring.indicators.staging import build_stages, drop_stages
from monitoring.models import ComputedMonth
from monitoring.operations.month_partition import finish_new_table, start_new_table, swap_in
from monitoring.operations.raise_warnings import raise_warnings
from monitoring.queries.calendar_need import years_needed
from organisations.models import Organisation, Region

STEPS = len(INDICATORS) + 3


class MonthRefused(JobRefused):
    """The month cannot be computed; says why and what to do, in Chinese."""


class Progress(Protocol):
    """What a job lets a long operation say; core.jobs.context.JobContext is one."""

    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None: ...
    def log(self, text: str) -> None: ...


class Silent:
    """Nobody listens."""

    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None:
        pass

    def log(self, text: str) -> None:
        pass


@dataclass(frozen=True)
class MonthCounts:
    """Rows per indicator, and how many warnings were opened, updated and recovered."""

    month: date
    rows: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.rows.values())


@operation
def compute_month(
    month: date,
    *,
    by: Actor,
    at: datetime,
    listener: Progress | None = None,
    job_id: int | None = None,
) -> MonthCounts:
    """Replace the figures of the month that begins on `month`, and raise or end its warnings.

    Everything lands in one transaction: readers see the month's old figures until the new ones are
    complete. Run twice at once, the second waits for the first and gives the same. Raises
    MonthRefused for a month that has not begun and where a needed calendar year is not published.
    """
    listener = listener or Silent()
    cut = MonthCut(month)
    refuse_future(month, at)
    _refuse_unpublished(cut)
    with connection.cursor() as cursor:
        _prepare_session(cursor, month)
        parameters, values = parameters_of(cut)
        listener.progress(0, STEPS, "准备数据")
        with _timed(listener, "准备数据"):
            build_stages(cursor, parameters, listener.log)
        target = start_new_table(month)
        rows: dict[str, int] = {}
        for done, indicator in enumerate(INDICATORS, start=1):
            listener.progress(done, STEPS, indicator.label)
            started = time.monotonic()
            build_base(cursor, indicator, parameters)
            rows[indicator.code] = write_rows(cursor, indicator, month, target)
            listener.log(
                f"{indicator.label}：{rows[indicator.code]} 行，{time.monotonic() - started:.2f} 秒"
            )
        listener.progress(STEPS - 2, STEPS, "预警")
        # Pages read the month for years: its own statistics are the usual ones.
        cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")
        finish_new_table(target)
        with _timed(listener, "预警"):
            raised = raise_warnings(month, by=by, at=at, figures=target)
        drop_temporary(cursor)
        listener.progress(STEPS - 1, STEPS, "替换当月数据")
        with _timed(listener, "替换当月数据"):
            # Last, because nobody can read figures between this and the commit.
            swap_in(month, target, keep=any(rows.values()))
    counts = MonthCounts(
        month=month,
        rows=rows,
        warnings={
            "opened": raised.opened,
            "updated": raised.updated,
            "recovered": raised.recovered,
        },
    )
    _note(counts, values, by=by, at=at, job_id=job_id)
    return counts


def refuse_future(month: date, at: datetime) -> None:
    """Raise MonthRefused when the month has not begun at `at`."""
    if month > at.astimezone(SHANGHAI).date():
        raise MonthRefused(f"{month:%Y-%m} 尚未开始，不能计算；请选择本月或以前的月份")


def _refuse_unpublished(cut: MonthCut) -> None:
    missing = years_needed(cut)
    if missing:
        raise MonthRefused(f"{cut.first:%Y-%m} 不能计算：{CalendarYearMissing(missing)}")


def _prepare_session(cursor: CursorWrapper, month: date) -> None:
    """Settings under which staged aggregation was measured fastest, and the month's lock.

    Nested loops are off because a table that was just loaded has no statistics yet, and one wrong
    guess costs minutes.
    """
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    cursor.execute("SET LOCAL work_mem = '64MB'")
    cursor.execute("SET LOCAL enable_nestloop = off")
    # Staged tables are read once or twice, by hash: how many rows there are is what matters.
    cursor.execute("SET LOCAL default_statistics_target = 10")
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"compute_month {month:%Y-%m}"])


def drop_temporary(cursor: CursorWrapper) -> None:
    """Drop what the computation left in this session's temporary schema."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{BASE}, pg_temp.{REGION}")
    drop_stages(cursor)


@contextmanager
def _timed(listener: Progress, label: str) -> Iterator[None]:
    """Log how long a step took."""
    started = time.monotonic()
    yield
    listener.log(f"{label}：{time.monotonic() - started:.2f} 秒")


def _note(
    counts: MonthCounts, values: UsedValues, *, by: Actor, at: datetime, job_id: int | None
) -> None:
    """Remember per province that the month was computed, with which values, and tell the audit."""
    provinces = Region.objects.filter(level=Region.Level.PROVINCE)
    if not Organisation.objects.filter(kind=Organisation.Kind.INSTITUTION).exists():
        provinces = provinces.none()
    for province in provinces:
        computed, _ = ComputedMonth.objects.get_or_create(
            province=province,
            month=counts.month,
            defaults={"computed_at": at, "computed_by_name": by.audit_name, "revision": 0},
        )
        computed.computed_at = at
        computed.computed_by_name = by.audit_name
        computed.job_id = job_id
        computed.revision += 1
        computed.counts = counts.rows
        computed.warning_counts = counts.warnings
        computed.policy_values = values.as_json()
        computed.save()
    record(
        by=by,
        at=at,
        action="indicator.compute",
        object_type="month",
        object_key=f"{counts.month:%Y-%m}",
        detail={"rows": counts.total, "warnings": counts.warnings},
    )
