"""The Celery side of jobs: it only carries ids."""

from celery import shared_task
from django.utils import timezone

from core.jobs import run


@shared_task(name="core.jobs.run_job")
def run_job(job_id: int) -> None:
    """Run one job by id; harmless when it is over or another worker has it."""
    run.run(job_id)


@shared_task(name="core.jobs.sweep_jobs")
def sweep_jobs() -> None:
    """Every 30 seconds: call again for what was lost on the way."""
    run.sweep(at=timezone.now())
