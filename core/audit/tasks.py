"""The Celery side of the trail."""

from celery import shared_task
from django.utils import timezone

from core.audit.sealing import seal_trail


@shared_task(name="core.audit.seal_audit_trail")
def seal_audit_trail() -> None:
    """Every minute: seal what was committed since; a missed minute is made up by the next."""
    seal_trail(at=timezone.now())
