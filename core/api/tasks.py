"""The Celery side of kept answers."""

from celery import shared_task
from django.utils import timezone

from core.api.forget import forget_old_answers


@shared_task(name="core.api.forget_old_answers")
def forget_answers() -> None:
    """Nightly; harmless when run twice."""
    forget_old_answers(at=timezone.now())
