"""Long and daily work of money: 结余留用, statements of ended months, suspensions, silence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from catalog.models import AgreementYear
from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.daily import enqueue_daily
from core.jobs.kinds import JobRefused, job_kind
from core.jobs.models import Job
from core.transitions import Refusal
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import scope_of
from policy.queries.read import MissingPolicyValue
from settlement.models import RetentionRun
from settlement.operations.prepayments.offset import follow_prepayments
from settlement.operations.retention_compute import compute_retention
from settlement.operations.retention_request import COMPUTE_RETENTION
from settlement.operations.retention_run import PAY_RETENTION, pay_run
from settlement.operations.statements.answer import pass_over_overdue
from settlement.operations.statements.clock import (
    begun_pools,
    draft_ended_months,
    hold_suspended,
)


@dataclass(frozen=True)
class Requester:
    """Whoever asked for a job, as the job remembers it."""

    audit_id: int | None
    audit_name: str
    audit_organisation_id: int | None = None
    audit_organisation_name: str = ""


@job_kind(
    COMPUTE_RETENTION, label="测算结余留用",
    result_url=lambda job: reverse("retention-runs") + f"?batch={job.arguments['batch']}",
    result_label="查看结余留用",
    result_words=lambda job: (
        f"统筹区 {job.result.get('pools', 0):,} 个，单位 {job.result.get('units', 0):,} 家，"
        f"明细 {job.result.get('rows', 0):,} 行，留用合计 {job.result.get('retained', 0)} 元"
    ),
)  # fmt: skip
def run_compute_retention(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Compute the year named in the arguments for whoever asked."""
    job = Job.objects.get(pk=context.job_id)
    by = Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)
    year = AgreementYear.objects.select_related("batch__policy").get(
        batch__code=arguments["batch"], year_no=arguments["year_no"]
    )
    try:
        found = compute_retention(
            year=year, by=by, at=timezone.now(), pools=arguments["pools"], listener=context
        )
    except (Refusal, MissingPolicyValue) as refused:
        raise JobRefused(str(refused)) from refused
    return {
        "pools": found.pools, "units": found.units, "rows": found.rows,
        "retained": f"{found.retained:.2f}", "kept_pools": list(found.kept_pools),
    }  # fmt: skip


@job_kind(
    PAY_RETENTION, label="拨付结余留用",
    result_url=lambda job: reverse("retention-run", args=[job.arguments["run"]]),
    result_label="查看结余留用",
    result_words=lambda job: f"已记账 {job.result.get('entries', 0):,} 笔",
)  # fmt: skip
def run_pay_retention(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """For whoever asked, in their present capacity; a run that is paid by now stays as it is."""
    at = timezone.now()
    user = User.objects.select_related("organisation__region__parent__parent").get(
        pk=arguments["user"]
    )
    run = RetentionRun.objects.get(run_no=arguments["run"])
    if run.state == RetentionRun.State.PAID:
        return {"entries": 0}
    try:
        entries = pay_run(run=run, by=user, scope=scope_of(user, shanghai_day(at)), at=at)
    except Refusal as refused:
        raise JobRefused(refused.reason) from refused
    return {"entries": entries}


CLOCK = SystemActor(audit_name="定时任务")
FOLLOW_STATEMENTS = "follow_statements"


@job_kind(
    FOLLOW_STATEMENTS, label="生成货款结算单", result_url=lambda job: reverse("statements"),
    result_label="查看结算单",
    result_words=lambda job: f"生成 {job.result.get('drafted', 0):,} 张，"
    f"暂停 {job.result.get('held', 0):,} 张，恢复 {job.result.get('released', 0):,} 张，"
    f"逾期未答复 {job.result.get('missed', 0):,} 张，"
    f"预付金冲抵 {job.result.get('offset', 0):,} 笔、结清 {job.result.get('settled', 0):,} 笔",
)  # fmt: skip
def run_follow_statements(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Every ended month of the pools that have begun, and of what was prepaid; a second run of the
    day finds nothing new.
    """
    on, at = date.fromisoformat(arguments["on"]), timezone.now()
    missed = pass_over_overdue(on=on, by=CLOCK, at=at)
    held, released = hold_suspended(on=on, by=CLOCK, at=at)
    drafted, pools = 0, begun_pools()
    for number, pool in enumerate(pools, start=1):
        drafted += draft_ended_months(pool=pool, on=on, by=CLOCK, at=at)
        context.progress(number, len(pools), f"生成结算单：{pool.name}")
    offset, settled = follow_prepayments(on=on, by=CLOCK, at=at)
    return {
        "drafted": drafted, "held": held, "released": released, "missed": missed,
        "offset": offset, "settled": settled,
    }  # fmt: skip


@shared_task(name="settlement.follow_statements", ignore_result=True)
def request_follow_statements() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=FOLLOW_STATEMENTS, by=CLOCK, at=timezone.now())
