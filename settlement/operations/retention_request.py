"""Ask for the computation of a batch's year; one job of a year and pool at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from catalog.models import AgreementYear
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import Pool, User
from organisations.queries.scope import Scope
from settlement.models import RetentionRun
from settlement.queries.retention import own_pools, starts_retention
from settlement.states.retention import CLAUSE, OPEN_RUNS

COMPUTE_RETENTION = "compute_retention"


def key_of(year: AgreementYear, pool: Pool | None = None) -> str:
    """What makes two requests the same job."""
    own = f"{year.batch.code}/{year.year_no}"
    return f"{own}/{pool.code}" if pool else own


def arguments_of(year: AgreementYear, pools: list[int] | None = None) -> dict[str, Any]:
    return {"batch": year.batch.code, "year_no": year.year_no, "pools": pools}


@operation
def request_retention(
    *, year: AgreementYear, pool: Pool, by: User, scope: Scope, at: datetime
) -> Job:
    """Queue the computation of one pool; asked again while it waits, it is the same job.

    Raises NotYours for another's pool, MissingInput before the year's end, TransitionRefused for a
    run that is published.
    """
    allowed = starts_retention(scope)
    if not allowed:
        raise NotYours.of(allowed)
    if pool not in own_pools(scope):
        raise NotYours("只能测算本级统筹区的结余留用", CLAUSE)
    if shanghai_day(at) <= year.ends_on:
        raise MissingInput(
            "year_no", f"该采购年度到 {year.ends_on:%Y-%m-%d} 才结束，结束后才能测算", CLAUSE
        )
    run = RetentionRun.objects.filter(batch=year.batch, year_no=year.year_no, pool=pool).first()
    if run is not None and run.state not in OPEN_RUNS:
        raise TransitionRefused(
            f"{pool.name}的测算结果{run.get_state_display()}，不能重新测算；有异议请走申诉", CLAUSE
        )
    return enqueue(
        kind=COMPUTE_RETENTION, key=key_of(year, pool), arguments=arguments_of(year, [pool.pk]),
        by=by, at=at, province_code=scope.province_code,
    )  # fmt: skip
