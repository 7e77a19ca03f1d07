"""结余留用's long work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from catalog.models import AgreementYear
from core.jobs.context import JobContext
from core.jobs.kinds import JobRefused, job_kind
from core.jobs.models import Job
from core.transitions import Refusal
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import scope_of
from policy.queries.read import MissingPolicyValue
from settlement.models import RetentionRun
from settlement.operations.retention_compute import compute_retention
from settlement.operations.retention_request import COMPUTE_RETENTION
from settlement.operations.retention_run import PAY_RETENTION, pay_run


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
