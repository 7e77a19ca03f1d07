"""Where Celery's autodiscovery finds core's tasks."""

from core.jobs.tasks import run_job, sweep_jobs

__all__ = ["run_job", "sweep_jobs"]
