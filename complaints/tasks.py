"""The hourly look at complaints' clocks, and the yearly one at contacts."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from complaints.operations.contacts import remind_of_contacts
from complaints.operations.follow import follow_complaints
from core.audit.record import SystemActor
from core.jobs.context import JobContext
from core.jobs.enqueue import enqueue
from core.jobs.kinds import job_kind
from core.jobs.models import Job

CLOCK = SystemActor(audit_name="定时任务")
FOLLOW = "follow_complaints"


@job_kind(
    FOLLOW, label="诉求时限", result_url=lambda job: reverse("complaint-list"),
    result_label="查看诉求",
    result_words=lambda job: f"新列入督办 {job.result.get('overdue', 0):,} 件",
)  # fmt: skip
def run_follow_complaints(context: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Clocks of complaints, then 联络人 that nobody has checked for a year."""
    at = timezone.now()
    found = follow_complaints(by=CLOCK, at=at)
    context.progress(1, 2, "联络人核对")
    reminded = remind_of_contacts(by=CLOCK, at=at)
    return {"taken_up": found.taken_up, "caught_up": found.caught_up, "overdue": found.overdue,
            "late_bureaus": found.late_bureaus, "reminded": reminded}  # fmt: skip


@shared_task(name="complaints.follow_complaints", ignore_result=True)
def request_follow_complaints() -> None:
    """Every hour, one job an hour."""
    at = timezone.localtime()
    key = f"{at:%Y-%m-%dT%H}"
    if not Job.objects.filter(kind=FOLLOW, key=key).exists():
        enqueue(kind=FOLLOW, key=key, arguments={}, by=CLOCK, at=at)
