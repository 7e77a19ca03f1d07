"""The job of a bulk act on many rows; drafts that nobody came back for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.daily import enqueue_daily
from core.jobs.kinds import JobRefused, job_kind
from core.jobs.models import Job
from core.transitions import Refusal
from inbox.api.tasks import deliver_webhook, forget, hand_out
from inbox.models import BulkRun
from inbox.operations.announcements import remind_unread
from inbox.operations.bulk import BULK_ACT, BULK_STEPS, do_rows
from inbox.operations.bulk_steps import do_steps
from inbox.operations.certificate_reminders import remind_of_certificates
from inbox.operations.deliveries import plan_deliveries, send_due
from inbox.operations.drafts import forget_drafts
from organisations.queries.bulk_acts import act_named
from organisations.queries.scope import Scope, scope_of

CLOCK = SystemActor(audit_name="定时任务")
CERTIFICATES = "remind_of_certificates"


def _title(job: Job) -> str:
    run = BulkRun.objects.filter(pk=job.arguments.get("run")).first()
    act = act_named(run.act) if run else None
    return f"{act.label} {len(run.items):,} {act.unit}" if run and act else "批量办理"


def _result(job: Job) -> str:
    return reverse("bulk-run", args=[job.arguments["run"]])


def _words(job: Job) -> str:
    return f"办成 {job.result.get('done', 0):,}，未办 {job.result.get('refused', 0):,}"


@job_kind(
    BULK_ACT, label="批量办理", max_attempts=3, title=_title, result_url=_result,
    result_words=_words,
)  # fmt: skip
def run_bulk_act(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do the rows with the rights that the person has now."""
    run, scope = _begun(context, arguments)
    try:
        do_rows(run=run, scope=scope, by=run.user, at=timezone.now(), tell=context.progress)
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal
    return _counted(run)


@job_kind(
    BULK_STEPS, label="批量办理", title=_title, result_url=_result, result_words=_words,
    stepwise=True,
)  # fmt: skip
def run_bulk_steps(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """As `run_bulk_act`, each row committed by itself; goes on where the one before stopped."""
    run, scope = _begun(context, arguments)
    try:
        run = do_steps(
            run_id=run.pk, scope=scope, by=run.user, at=timezone.now(), tell=context.progress
        )
    except Refusal as refusal:
        raise JobRefused(refusal.reason) from refusal
    return _counted(run)


def _begun(context: JobContext, arguments: dict[str, Any]) -> tuple[BulkRun, Scope]:
    """The run and its person's rights of today; JobRefused for who has none any more."""
    run = BulkRun.objects.select_related("user__organisation__region").get(pk=arguments["run"])
    scope = scope_of(run.user, timezone.localdate())
    if not scope.active:
        raise JobRefused("发起人的账号已停用，没有办理")
    context.progress(len(run.results), len(run.items), "逐条办理")
    return run, scope


def _counted(run: BulkRun) -> dict[str, Any]:
    done = sum(1 for result in run.results if result["ok"])
    return {"done": done, "refused": len(run.items) - done}


@job_kind(
    CERTIFICATES, label="签名证书到期提醒", result_url=lambda job: reverse("task-list"),
    result_words=lambda job: f"提醒 {job.result.get('certificates', 0):,} 家单位",
)  # fmt: skip
def run_remind_of_certificates(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """30, 7 and 0 days ahead; again on the same day does nothing more."""
    on = date.fromisoformat(arguments["on"])
    return {"certificates": remind_of_certificates(on=on, by=CLOCK, at=timezone.now())}


@shared_task(name="inbox.remind_of_certificates", ignore_result=True)
def request_remind_of_certificates() -> None:
    """Every hour; one job a day."""
    enqueue_daily(kind=CERTIFICATES, by=CLOCK, at=timezone.now())


@shared_task(name="inbox.forget_drafts")
def forget_old_drafts() -> None:
    """Once a day."""
    forget_drafts(before=timezone.now() - timedelta(days=30))


@shared_task(name="inbox.plan_deliveries")
def plan_notices_outside() -> None:
    """Every 30 seconds: who is told outside the page of what is new."""
    plan_deliveries(at=timezone.now())


@shared_task(name="inbox.send_messages")
def send_messages(channel: str) -> None:
    """Every 30 seconds and channel, so that a gateway that hangs holds up no other."""
    send_due(channel, at=timezone.now())


@shared_task(name="inbox.remind_unread")
def remind_of_announcements() -> None:
    """Every morning; again an hour later does nothing more."""
    now = timezone.now()
    remind_unread(on=timezone.localdate(now), at=now)


__all__ = ["deliver_webhook", "forget", "hand_out"]
"""Found here by Celery; the rest of this file registers itself."""
