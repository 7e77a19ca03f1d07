"""What runs when. Each tick inserts a job unique on (kind, period); repeats change nothing."""

from typing import Any

from celery.schedules import crontab

BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep jobs": {
        "task": "core.jobs.sweep_jobs",
        "schedule": 30.0,
        "options": {"expires": 25},
    },
    "seal audit trail": {
        "task": "core.audit.seal_audit_trail",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "forget old answers": {
        "task": "core.api.forget_old_answers",
        "schedule": crontab(hour="3", minute="20"),
    },
    # On the 1st, and again every hour of that day in case the worker was down.
    "compute last month": {
        "task": "monitoring.compute_last_month",
        "schedule": crontab(day_of_month="1", hour="2-23", minute="10"),
    },
}
