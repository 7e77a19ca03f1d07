"""The Celery application and its clock."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

from core.embedded import services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
services.ensure_started()

app = Celery("zhaocai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _use_djangos_logging(**_: Any) -> None:
    """Django has configured logging already; Celery must not replace it."""
