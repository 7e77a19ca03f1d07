"""Supply's clocks: lists of late answers each working morning, voids of what was never shipped."""

from __future__ import annotations

from datetime import date
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from catalog.operations.change_result import FOLLOW_RESULT
from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.daily import enqueue_daily
from core.jobs.enqueue import enqueue
from core.jobs.kinds import job_kind
from procurement.operations.auto_accept import accept_announced, announce_acceptances
from procurement.operations.cancelled_results import end_due_agreements, follow_change
from procurement.operations.delayed_lists import make_delayed_lists
from procurement.operations.idle_lines import announce_voids, void_announced
from procurement.operations.progress_differences import list_differences
from procurement.operations.stock_reports import remind_of_stock

CLOCK = SystemActor(audit_name="定时任务")
DELAYED_LISTS = "delayed_lists"
IDLE_LINES = "idle_lines"
AUTO_ACCEPT = "auto_accept"
REMIND_STOCK = "remind_stock"
COMPARE_PROGRESS = "compare_progress"
FOLLOW_RESULTS = "follow_results"


@job_kind(FOLLOW_RESULT, label="中选取消的后续办理")
def run_follow_result(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Of one change that was just confirmed or revoked."""
    at = timezone.now()
    on = timezone.localdate(at)
    return follow_change(change_no=arguments["change"], on=on, by=CLOCK, at=at)


@job_kind(
    FOLLOW_RESULTS, label="中选取消到日",
    result_words=lambda job: f"办理结果变更 {job.result.get('followed', 0):,} 项",
)  # fmt: skip
def run_follow_results(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Agreements of the selections that end with this day."""
    on = date.fromisoformat(arguments["on"])
    return {"followed": end_due_agreements(on=on, by=CLOCK, at=timezone.now())}


@shared_task(name="procurement.follow_results", ignore_result=True)
def request_follow_results() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=FOLLOW_RESULTS, by=CLOCK, at=timezone.now())


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


@job_kind(
    AUTO_ACCEPT, label="自动验收",
    result_words=lambda job: (
        f"自动验收 {job.result.get('accepted', 0):,} 笔，公告 {job.result.get('announced', 0):,} 笔"
    ),
)  # fmt: skip
def run_auto_accept(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Accept what was announced before, then announce; nothing where no province switched it on."""
    at = timezone.now()
    accepted = accept_announced(by=CLOCK, at=at)
    return {"accepted": accepted, "announced": announce_acceptances(by=CLOCK, at=at)}


@shared_task(name="procurement.accept_unreceived", ignore_result=True)
def request_auto_accept() -> None:
    """Once a day."""
    enqueue_daily(kind=AUTO_ACCEPT, by=CLOCK, at=timezone.now())


@job_kind(
    COMPARE_PROGRESS, label="核对执行进度",
    result_url=lambda job: reverse("progress-differences"), result_label="查看差异",
    result_words=lambda job: f"新发现 {job.result.get('found', 0):,} 行差异",
)  # fmt: skip
def run_compare_progress(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Compare every line's progress with its facts; mends nothing."""
    return {"found": list_differences(by=CLOCK, at=timezone.now())}


@shared_task(name="procurement.compare_progress", ignore_result=True)
def request_compare_progress() -> None:
    """Once a night."""
    enqueue_daily(kind=COMPARE_PROGRESS, by=CLOCK, at=timezone.now())


@job_kind(
    REMIND_STOCK, label="提醒报告库存产能",
    result_words=lambda job: f"未报告的生产企业 {job.result.get('makers', 0):,} 家",
)  # fmt: skip
def run_remind_stock(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """A task for each manufacturer that has not reported on last month."""
    return {"makers": remind_of_stock(by=CLOCK, at=timezone.now())}


@shared_task(name="procurement.remind_of_stock", ignore_result=True)
def request_remind_stock() -> None:
    """Once a day."""
    enqueue_daily(kind=REMIND_STOCK, by=CLOCK, at=timezone.now())
