"""Ask for a month to be computed: an officer of the province, for a month that has begun."""

from __future__ import annotations

from datetime import datetime

from core.audit.record import Actor
from core.jobs.enqueue import enqueue, request_cancel
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused, Verdict
from monitoring.operations.compute_month import MonthRefused, refuse_future
from monitoring.queries.jobs import COMPUTE_MONTH
from monitoring.queries.months import MalformedMonth, parse_month
from organisations.queries.scope import Scope

ROLES = ("clerk", "reviewer", "leader", "importer")
NOT_PROVINCE = Verdict(False, "只有省级医保局的经办、审核、负责人或数据导入人员可以发起月度计算")


def may_compute(scope: Scope) -> Verdict:
    """Figures span the province, so its bureau asks for them."""
    if scope.is_province_bureau and scope.has_role(*ROLES):
        return Verdict(True)
    return NOT_PROVINCE


@operation
def request_computation(*, month: str, scope: Scope, by: Actor, at: datetime) -> Job:
    """Queue the month written as YYYY-MM; gives the open job if it is queued already.

    Raises NotYours, MissingInput for a text that is no month, TransitionRefused for one to come.
    """
    allowed = may_compute(scope)
    if not allowed:
        raise NotYours(allowed.reason)
    try:
        first_day = parse_month(month)
        refuse_future(first_day, at)
    except MalformedMonth as error:
        raise MissingInput("month", str(error)) from error
    except MonthRefused as error:
        raise TransitionRefused(str(error)) from error
    key = f"{first_day:%Y-%m}"
    return enqueue(
        kind=COMPUTE_MONTH,
        key=key,
        arguments={"month": key},
        by=by,
        at=at,
        province_code=scope.province_code,
    )


@operation
def cancel_job(*, job: Job, scope: Scope, by: Actor, at: datetime) -> None:
    """Ask a job to stop: whoever asked for it, or its province's bureau. Raises NotYours."""
    own = job.requested_by_id == scope.user_id
    if not own and not (job.province_code == scope.province_code and may_compute(scope)):
        raise NotYours("只有发起人或本省医保局可以取消任务")
    if job.state not in Job.OPEN_STATES:
        raise TransitionRefused("任务已经结束，不能取消")
    request_cancel(job=job, by=by, at=at)
