"""Registers the models of core's packages with Django, which looks for them in this module."""

from core.api.models import IdempotentAnswer
from core.attachments.models import Attachment, StoredFile
from core.audit.models import AuditEvent
from core.audit.seals import AuditSeal
from core.jobs.models import Job, JobLogLine
from core.workdays.models import CalendarDay, CalendarYear

__all__ = [
    "Attachment",
    "AuditEvent",
    "AuditSeal",
    "CalendarDay",
    "CalendarYear",
    "IdempotentAnswer",
    "Job",
    "JobLogLine",
    "StoredFile",
]
