"""报量's work of a day, and the long work of agreed quantities."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.enqueue import enqueue
from core.jobs.kinds import JobRefused, job_kind
from core.jobs.models import Job
from core.transitions import Refusal, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import scope_of
from volumes.models import AgreedRound, ReportTask, VolumeReport
from volumes.operations.agreed.agreements import (
    DRAFT_AGREEMENTS,
    draft_agreements,
    unbound_quantities,
)
from volumes.operations.agreed.compute import compute_round
from volumes.operations.agreed.rounds import COMPUTE_AGREED
from volumes.operations.tasks.due import follow_tasks
from volumes.operations.tasks.open import open_task
from volumes.queries.progress import OPEN_TASK
from volumes.rules.unbound import RULE

FOLLOW_TASKS = "follow_report_tasks"
CLOCK = SystemActor(audit_name="定时任务")


@job_kind(
    FOLLOW_TASKS, label="报量任务提醒和截止", result_url=lambda job: reverse("report-tasks"),
    result_label="查看报量任务",
    result_words=lambda job: (
        f"提醒 {job.result.get('units', 0):,} 家单位，截止任务 {job.result.get('closed', 0):,} 个"
    ),
)  # fmt: skip
def run_follow_tasks(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Safe to run twice: each task is reminded of once and closed once."""
    return asdict(follow_tasks(at=timezone.now()))


@shared_task(name="volumes.follow_tasks", ignore_result=True)
def request_follow_tasks() -> None:
    """Every hour, by the hour: a task that ended shows so within the hour; its window ends exactly."""
    at = timezone.now()
    key = f"{timezone.localtime(at):%Y-%m-%dT%H}"
    enqueue(kind=FOLLOW_TASKS, key=key, arguments={}, by=CLOCK, at=at)


@job_kind(
    OPEN_TASK, label="发布报量任务",
    title=lambda job: f"发布报量任务 {job.key}",
    result_url=lambda job: reverse("report-task", args=[job.arguments["task"]]),
    result_label="查看报量任务",
    result_words=lambda job: f"须报单位 {job.result.get('units', 0):,} 家，都已收到待办和通知",
)  # fmt: skip
def run_open_task(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """For whoever asked, in their present capacity; a task that is open by now stays as it is."""
    at = timezone.now()
    user = User.objects.select_related("organisation__region__parent__parent").get(
        pk=arguments["user"]
    )
    row = ReportTask.objects.get(task_no=arguments["task"])
    if row.state == ReportTask.State.DRAFT:
        try:
            row = open_task(
                task=row, by=user, scope=scope_of(user, shanghai_day(at)), at=at,
                seen_version=arguments["version"], listener=context,
            )  # fmt: skip
        except Refusal as refused:
            raise JobRefused(refused.reason) from refused
    return {"units": VolumeReport.objects.filter(task=row, is_obliged=True).count()}


@dataclass(frozen=True)
class Requester:
    """Whoever asked for a job, as the job remembers it."""

    audit_id: int | None
    audit_name: str
    audit_organisation_id: int | None = None
    audit_organisation_name: str = ""


@job_kind(
    COMPUTE_AGREED, label="测算约定采购量",
    result_url=lambda job: reverse("agreed-round", args=[job.arguments["round"]]),
    result_label="查看约定采购量",
    result_words=lambda job: (
        f"{job.result.get('units', 0):,} 家单位，品种约定量 {job.result.get('quantities', 0):,} 行，"
        f"产品约定量 {job.result.get('shares', 0):,} 行"
    ),
)  # fmt: skip
def run_compute_agreed(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Compute the round named in the arguments for whoever asked."""
    job = Job.objects.get(pk=context.job_id)
    by = Requester(audit_id=job.requested_by_id, audit_name=job.requested_by_name)
    row = AgreedRound.objects.get(round_no=arguments["round"])
    try:
        found = compute_round(row=row, by=by, at=timezone.now(), listener=context)
    except TransitionRefused as refused:
        raise JobRefused(refused.reason) from refused
    return asdict(found)


@job_kind(
    DRAFT_AGREEMENTS, label="按约定采购量生成协议",
    result_url=lambda job: reverse("agreed-round", args=[job.arguments["round"]]),
    result_label="查看约定采购量",
    result_words=lambda job: (
        f"生成协议 {job.result.get('made', 0):,} 份、{job.result.get('lines', 0):,} 行，"
        f"未生成 {job.result.get('left_out', 0):,} 行，"
        f"不限厂牌不生成 {job.result.get('unbound', 0):,} 行，原因见日志"
    ),
)  # fmt: skip
def run_draft_agreements(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """For whoever asked, in their present capacity; reasons of what was left out are logged."""
    at = timezone.now()
    user = User.objects.select_related("organisation__region__parent__parent").get(
        pk=arguments["user"]
    )
    row = AgreedRound.objects.select_related("batch").get(round_no=arguments["round"])
    try:
        found = draft_agreements(
            row=row, by=user, scope=scope_of(user, shanghai_day(at)), at=at, tell=context.progress
        )
    except Refusal as refused:
        raise JobRefused(refused.reason) from refused
    unbound = unbound_quantities(row)
    if unbound:
        context.log(f"{unbound:,} 行不限厂牌，不生成协议（{row.unbound_clause}）：{RULE}")
    reasons: dict[str, int] = {}
    for each in found.left_out:
        reasons[each.reason] = reasons.get(each.reason, 0) + 1
    for reason, number in sorted(reasons.items(), key=lambda pair: -pair[1])[:50]:
        context.log(f"{number:,} 行未生成：{reason}")
    return {
        "made": found.made,
        "lines": found.lines,
        "left_out": len(found.left_out),
        "unbound": unbound,
    }
