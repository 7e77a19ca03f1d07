"""Rows of core: trail, jobs, files, calendar, kept answers."""

from __future__ import annotations

from datetime import date

from core.api.models import IdempotentAnswer
from core.attachments.models import Attachment, StoredFile
from core.audit.models import AuditEvent
from core.audit.seals import AuditSeal
from core.jobs.models import Job, JobLogLine
from core.workdays.models import CalendarDay, CalendarYear
from tests.factories.organisations import LONG_AGO, number


def audit_event(**fields: object) -> AuditEvent:
    values: dict[str, object] = {"at": LONG_AGO, "actor_name": "测试", "action": "test.made"}
    return AuditEvent.objects.create(**values | fields)


def audit_seal(**fields: object) -> AuditSeal:
    values: dict[str, object] = {
        "sealed_at": LONG_AGO, "event_ids": [], "last_event_id": 0, "digest": f"{number():064x}",
    }  # fmt: skip
    return AuditSeal.objects.create(**values | fields)


def idempotent_answer(**fields: object) -> IdempotentAnswer:
    values: dict[str, object] = {
        "user_id": 0, "route": "POST test", "key": f"key-{number()}", "request_digest": "0" * 64,
        "claimed_at": LONG_AGO,
    }  # fmt: skip
    return IdempotentAnswer.objects.create(**values | fields)


def job(**fields: object) -> Job:
    values: dict[str, object] = {
        "kind": "test", "key": f"job-{number()}", "requested_by_name": "测试",
        "queued_at": LONG_AGO,
    }  # fmt: skip
    return Job.objects.create(**values | fields)


def job_log_line(of: Job | None = None, text: str = "一行") -> JobLogLine:
    return JobLogLine.objects.create(job=of or job(), at=LONG_AGO, text=text)


def stored_file(**fields: object) -> StoredFile:
    values: dict[str, object] = {
        "sha256": f"{number():064x}", "size_bytes": 1, "content_type": "application/pdf",
        "scan": "clean", "stored_at": LONG_AGO,
    }  # fmt: skip
    return StoredFile.objects.create(**values | fields)


def attachment(**fields: object) -> Attachment:
    values: dict[str, object] = {
        "name": "附件.pdf", "owner_type": "test", "owner_id": 0, "uploaded_by_id": 0,
        "uploaded_by_name": "测试", "uploaded_at": LONG_AGO,
    }  # fmt: skip
    if "file" not in fields:
        values["file"] = stored_file()
    return Attachment.objects.create(**values | fields)


def calendar_year(year: int = 1990) -> CalendarYear:
    return CalendarYear.objects.create(
        year=year, status="published", source="测试", uploaded_at=LONG_AGO, uploaded_by_name="测试"
    )


def calendar_day(day: date = date(1990, 1, 1)) -> CalendarDay:
    """A day of rest of a year that does not ship."""
    return CalendarDay.objects.create(
        date=day, year=calendar_year(day.year), is_workday=False, workday_no=0
    )
