"""报量's work of a day: reminders before a task ends, and the end."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.enqueue import enqueue
from core.jobs.kinds import job_kind
from volumes.operations.tasks.due import follow_tasks

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
