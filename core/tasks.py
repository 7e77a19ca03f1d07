"""Where Celery's autodiscovery finds core's tasks."""

from core.api.tasks import forget_answers
from core.audit.tasks import export_audit_head, seal_audit_trail
from core.jobs.tasks import run_job, sweep_jobs

__all__ = ["export_audit_head", "forget_answers", "run_job", "seal_audit_trail", "sweep_jobs"]
