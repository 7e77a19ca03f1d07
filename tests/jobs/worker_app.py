"""The Celery application as it is, with the tests' kinds of jobs."""

import django

from config.celery import app

django.setup()

from tests.jobs import kinds  # noqa: E402 - models need the setup above

__all__ = ["app", "kinds"]
