"""The Celery application; its clock is in `config.clock`."""

import os
import sys
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from config.clock import BEAT_SCHEDULE
from core.jobs import redis_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if {"celery"} & set(Path(sys.argv[0]).parts[-2:]):
    # `celery worker` and `celery beat` come in here first; everybody else has started them.
    from core.embedded import services

    services.ensure_started()

redis_transport.use()
app = Celery("zhaocai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = BEAT_SCHEDULE
app.autodiscover_tasks()
# By name: Celery takes a missing package in between for a fault.
app.autodiscover_tasks(["inbox"], related_name="api.tasks")


@setup_logging.connect
def _use_djangos_logging(**_: Any) -> None:
    """Django has configured logging already; Celery must not replace it."""
