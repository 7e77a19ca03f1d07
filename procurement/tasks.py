"""Supply's clocks: lists of late answers each working morning, voids of what was never shipped."""

from __future__ import annotations

from datetime import date
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.daily import enqueue_daily
from core.jobs.enqueue import enqueue
from core.jobs.kinds import job_kind
from procurement.operations.delayed_lists import make_delayed_lists
from procurement.operations.idle_lines import announce_voids, void_announced

CLOCK = SystemActor(audit_name="定时任务")
DELAYED_LISTS = "delayed_lists"
IDLE_LINES = "idle_lines"


@job_kind(
    DELAYED_LISTS, label="延迟响应清单", result_url=lambda job: reverse("delayed-lists"),
    result_label="查看清单",
    result_words=lambda job: f"生成清单 {job.result.get('lists', 0):,} 份",
)  # fmt: skip
def run_delayed_lists(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """For the day that the job is of; nothing on days that are no working days."""
    on = date.fromisoformat(arguments["on"])
    return {"lists": make_delayed_lists(on=on, by=CLOCK, at=timezone.now())}


@shared_task(name="procurement.make_delayed_lists", ignore_result=True)
def request_delayed_lists() -> None:
    """From eight in the morning, every hour; one job a day."""
    enqueue_daily(kind=DELAYED_LISTS, by=CLOCK, at=timezone.now())


@job_kind(
    IDLE_LINES, label="逾期未发货的订单行",
    result_words=lambda job: (
        f"公告 {job.result.get('announced', 0):,} 行，作废 {job.result.get('voided', 0):,} 行"
    ),
)  # fmt: skip
def run_idle_lines(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Void what was announced before, then announce; safe to run twice."""
    at = timezone.now()
    voided = void_announced(by=CLOCK, at=at)
    return {"voided": voided, "announced": announce_voids(by=CLOCK, at=at)}


@shared_task(name="procurement.follow_idle_lines", ignore_result=True)
def request_idle_lines() -> None:
    """Every hour, by the hour."""
    at = timezone.now()
    key = f"{timezone.localtime(at):%Y-%m-%dT%H}"
    enqueue(kind=IDLE_LINES, key=key, arguments={}, by=CLOCK, at=at)
