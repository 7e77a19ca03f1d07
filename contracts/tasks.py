"""Long and daily work of agreements."""

from __future__ import annotations

from datetime import date
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from catalog.models import Batch
from contracts.operations.agreements.adopt import ADOPT_LINES, adopt_lines
from contracts.operations.agreements.asking import ask_agents
from contracts.operations.agreements.change import expire_agreements, remind_due
from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.daily import enqueue_daily
from core.jobs.kinds import JobRefused, job_kind
from core.jobs.models import Job
from core.transitions import Refusal
from organisations.models import User
from organisations.queries.scope import scope_of

CLOCK = SystemActor(audit_name="定时任务")
FOLLOW_AGREEMENTS = "follow_agreements"
LISTED = 50


def _list(job: Job) -> str:
    return f"{reverse('agreements')}?batch={job.arguments['batch']}"


def _words(job: Job) -> str:
    found = job.result
    words = f"生成 {found.get('made', 0):,} 份、{found.get('lines', 0):,} 行"
    left = found.get("left_out", 0)
    return f"{words}，未生成 {left:,}：{'；'.join(found.get('reasons', [])[:3])}" if left else words


@job_kind(
    ADOPT_LINES,
    label="生成三方协议",
    result_url=_list,
    result_label="查看协议",
    result_words=_words,
)
def run_adopt_lines(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Heads for the loaded lines, with the rights that the person has now."""
    user = User.objects.select_related("organisation__region__parent__parent").get(
        pk=arguments["user"]
    )
    scope = scope_of(user, timezone.localdate())
    if not scope.active:
        raise JobRefused("发起人的账号已停用，没有生成")
    context.progress(0, 1, "按协议行生成协议")
    try:
        done = adopt_lines(
            batch=Batch.objects.get(code=arguments["batch"]), year_no=arguments["year_no"],
            by=user, scope=scope, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal
    for each in done.left_out[:LISTED]:
        context.log(each.reason)
    return {
        "made": done.made, "lines": done.lines, "left_out": len(done.left_out),
        "reasons": [each.reason for each in done.left_out[:LISTED]],
    }  # fmt: skip


@job_kind(
    FOLLOW_AGREEMENTS, label="三方协议到期与催签", result_url=lambda job: reverse("agreements"),
    result_label="查看协议",
    result_words=lambda job: f"到期 {job.result.get('expired', 0):,} 份，"
    f"催签 {job.result.get('told', 0):,} 家单位",
)  # fmt: skip
def run_follow_agreements(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Versions whose year has ended, and reminders before and after the last day."""
    on, at = date.fromisoformat(arguments["on"]), timezone.now()
    expired = expire_agreements(on=on, by=CLOCK, at=at)
    context.progress(1, 3, "授权代签的待办")
    ask_agents(at=at)
    context.progress(2, 3, "催签")
    return {"expired": expired, "told": remind_due(on=on, by=CLOCK, at=at)}


@shared_task(name="contracts.follow_agreements", ignore_result=True)
def request_follow_agreements() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=FOLLOW_AGREEMENTS, by=CLOCK, at=timezone.now())
