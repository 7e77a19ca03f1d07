"""Ask for a 年度考核: by the province's bureau, and by the clock once the year's last month is there."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalog.models import AgreementYear
from catalog.queries.visible import visible_batches
from core.audit.record import Actor
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from monitoring.models import ComputedMonth
from monitoring.queries.assessed import may_assess
from monitoring.states.assessment import ASSESSMENT_CLAUSE
from organisations.models import User
from organisations.queries.scope import Scope

ASSESS_YEAR = "assess_year"
LATE_RECEIPTS = timedelta(days=31)
"""The clock waits so long after a year's end: its last deliveries are confirmed by then."""


@operation
def request_assessment(*, batch: str, year_no: int, by: User, scope: Scope, at: datetime) -> Job:
    """Queue the computation of an ended year; the open job of it where there is one."""
    if not may_assess(scope):
        raise NotYours("年度考核由省级医保局计算", ASSESSMENT_CLAUSE)
    year = (
        AgreementYear.objects.select_related("batch")
        .filter(batch__in=visible_batches(scope), batch__code=batch, year_no=year_no).first()
    )  # fmt: skip
    if year is None:
        raise MissingInput("batch", "没有这个批次的该采购年度，请从列表中选择", ASSESSMENT_CLAUSE)
    if year.ends_on >= shanghai_day(at):
        raise TransitionRefused(
            f"该采购年度至 {year.ends_on:%Y-%m-%d}，年度结束后方可考核", ASSESSMENT_CLAUSE
        )
    return _queue(year, by, at, scope.province_code)


@operation
def request_due_assessments(*, by: Actor, at: datetime) -> list[Job]:
    """Queue the years that ended a month ago, whose last month is computed and that have none yet."""
    day = shanghai_day(at)
    years = AgreementYear.objects.select_related("batch__policy").filter(
        ends_on__lte=day - LATE_RECEIPTS, assessment__isnull=True
    )
    months = set(ComputedMonth.objects.values_list("month", flat=True))
    return [
        _queue(each, by, at, each.batch.policy.province_code)
        for each in years.order_by("batch_id", "year_no")
        if each.ends_on.replace(day=1) in months
    ]


def _queue(year: AgreementYear, by: Actor, at: datetime, province: str) -> Job:
    return enqueue(
        kind=ASSESS_YEAR, key=f"{year.batch.code}:{year.year_no}", arguments={"year": year.pk},
        by=by, at=at, province_code=province,
    )  # fmt: skip
