"""The Celery side of the trail."""

from celery import shared_task
from django.utils import timezone

from core.audit.heads import export_head
from core.audit.sealing import seal_trail


@shared_task(name="core.audit.seal_audit_trail")
def seal_audit_trail() -> None:
    """Every minute: seal what was committed since; a missed minute is made up by the next."""
    seal_trail(at=timezone.now())


@shared_task(name="core.audit.export_audit_head")
def export_audit_head() -> None:
    """Every ten minutes: write the newest block's digest outside the database."""
    export_head(at=timezone.now())
