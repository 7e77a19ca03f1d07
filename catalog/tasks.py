"""The catalogue's work of a day: prices whose day has come, and what is held against them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from catalog.operations.applications.due import take_due_applications
from catalog.operations.editions import bring_conversions
from catalog.operations.hospital_items.review import review_everywhere
from catalog.operations.hospital_items.upload import (
    CHECK_ITEMS,
    WRITE_ITEMS,
    apply_workbook,
    preview_upload,
)
from catalog.operations.maximum_prices import suspend_over_maximum
from catalog.operations.price_marks import compute_marks
from catalog.operations.prices import bring_prices
from catalog.operations.remind_preparation import follow_preparation
from catalog.operations.selected_prices import follow_selections
from catalog.queries.listings import CHECK_PRICES
from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.daily import enqueue_daily
from core.jobs.kinds import JobRefused, job_kind
from core.jobs.models import Job
from core.transitions import Refusal
from organisations.models import User
from organisations.queries.scope import Scope, scope_of

FOLLOW_PREPARATION = "follow_preparation"
CLOCK = SystemActor(audit_name="定时任务")
DUE_APPLICATIONS = "due_applications"
STEPS = (
    ("brought", "到期挂网价生效", bring_prices),
    ("followed", "中选产品按中选价挂网", follow_selections),
    ("converted", "折算系数生效", bring_conversions),
    ("suspended", "暂停超过最高挂网价的产品", suspend_over_maximum),
)


def _result(job: Job) -> str:
    return reverse("listing-list")


def _words(job: Job) -> str:
    found = job.result
    return (
        f"挂网价生效 {found.get('brought', 0):,}，随中选价调整 {found.get('followed', 0):,}，"
        f"暂停 {found.get('suspended', 0):,}，新亮标 {found.get('began', 0):,}，"
        f"熄标 {found.get('ended', 0):,}"
    )


@shared_task(name="catalog.follow_preparation", ignore_result=True)
def request_follow_preparation() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=FOLLOW_PREPARATION, by=CLOCK, at=timezone.now())


@job_kind(FOLLOW_PREPARATION, label="核对批次落地准备")
def run_follow_preparation(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """What is missing for the batches that begin soon, put before its owners."""
    return {"told": follow_preparation(by=CLOCK, at=timezone.now())}


@job_kind(
    CHECK_PRICES, label="核对挂网价", result_url=_result, result_label="查看挂网产品",
    result_words=_words,
)  # fmt: skip
def run_check_prices(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """The steps in this order: marks and suspensions read the prices that came before them."""
    at = timezone.now()
    counts: dict[str, int] = {}
    for done, (word, label, step) in enumerate(STEPS):
        context.progress(done, len(STEPS) + 1, label)
        counts[word] = step(by=CLOCK, at=at)
    context.progress(len(STEPS), len(STEPS) + 1, "计算红黄标")
    counts |= compute_marks(by=CLOCK, at=at)
    context.progress(len(STEPS) + 1)
    return counts


@shared_task(name="catalog.check_prices", ignore_result=True)
def request_check_prices() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=CHECK_PRICES, by=CLOCK, at=timezone.now())


@job_kind(DUE_APPLICATIONS, label="挂网申请到期处理")
def run_due_applications(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Publicity that is over, and applications whose day has come."""
    counts = take_due_applications(on=date.fromisoformat(arguments["on"]), at=timezone.now())
    return asdict(counts)


@shared_task(name="catalog.take_due_applications", ignore_result=True)
def request_due_applications() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=DUE_APPLICATIONS, by=CLOCK, at=timezone.now())


REVIEW_ITEMS = "review_hospital_items"


@job_kind(
    REVIEW_ITEMS, label="核对院内目录对照", result_url=lambda job: reverse("hospital-item-coverage"),
    result_label="查看对照进度",
    result_words=lambda job: f"有存疑对照的医疗机构 {job.result.get('doubtful', 0):,} 家",
)  # fmt: skip
def run_review_items(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """What changed of products since yesterday makes mappings doubtful, or settles a doubt."""
    doubtful = review_everywhere(at=timezone.now(), progress=context.progress)
    return {"doubtful": doubtful}


@shared_task(name="catalog.review_hospital_items", ignore_result=True)
def request_review_items() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=REVIEW_ITEMS, by=CLOCK, at=timezone.now())


def _written(job: Job) -> str:
    found = job.result
    return (
        f"新增 {found.get('created', 0):,}，变更 {found.get('changed', 0):,}，"
        f"无变化 {found.get('unchanged', 0):,}"
    )


def _found(job: Job) -> str:
    wrong = job.result.get("problem_total", 0)
    if wrong:
        return f"有 {wrong:,} 处错误，没有写入；改正后再上传"
    return (
        f"可以写入：共 {job.result.get('total', 0):,} 行，{job.result.get('moved', 0):,} 行有变化"
    )


@job_kind(
    CHECK_ITEMS, label="校验院内目录", max_attempts=3,
    title=lambda job: f"校验院内目录 {job.arguments.get('rows', 0):,} 行",
    result_url=lambda job: reverse("hospital-item-checked", args=[job.pk]), result_label="查看预览",
    result_words=_found,
)  # fmt: skip
def run_check_items(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """The preview of a long workbook; nothing of the list is written before it is confirmed."""
    user, scope = _uploader(arguments)
    try:
        return dict(
            preview_upload(
                upload_id=arguments["upload"], by=user, scope=scope, at=timezone.now(),
                progress=context.progress,
            )
        )  # fmt: skip
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal


@job_kind(
    WRITE_ITEMS, label="写入院内目录", max_attempts=3,
    title=lambda job: f"写入院内目录 {job.arguments.get('rows', 0):,} 行",
    result_url=lambda job: reverse("hospital-item-list"), result_label="查看院内目录",
    result_words=_written,
)  # fmt: skip
def run_write_items(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Write the workbook that its uploader confirmed, all of it or, refused, nothing."""
    user, scope = _uploader(arguments)
    context.progress(0, arguments["rows"], "核对文件")
    try:
        written = apply_workbook(
            upload_id=arguments["upload"], shown=arguments["shown"], by=user, scope=scope,
            at=timezone.now(), progress=context.progress,
        )  # fmt: skip
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal
    return written.counts


def _uploader(arguments: dict[str, Any]) -> tuple[User, Scope]:
    """The person who uploaded it, with what they may see today."""
    user = User.objects.select_related("organisation__region").get(pk=arguments["user"])
    scope = scope_of(user, timezone.localdate())
    if not scope.active or scope.organisation_id != arguments["organisation"]:
        raise JobRefused("上传人的账号已停用或已调离，没有写入")
    return user, scope
