"""The services run, and the settings know where, before the first test."""

import os
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from config import addresses
from config.celery import app as celery_app
from core.embedded import services
from core.embedded.places import current_places

QUEUE_PREFIX = f"zhaocai-test-{os.getpid()}:"


def pytest_configure(config: pytest.Config) -> None:
    """Start what is missing; settings may have been read before it had an address."""
    if "PYTEST_XDIST_WORKER" not in os.environ:  # Theirs come with the environment.
        os.environ["ZHAOCAI_VAR"] = str(current_places().of_tests.var)
    services.ensure_started(durable=False)
    for alias, url in (("default", addresses.application_url()), ("owner", addresses.owner_url())):
        fresh = addresses.database(url)
        for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT"):
            settings.DATABASES[alias][key] = fresh[key]
        settings.DATABASES[alias]["CONN_MAX_AGE"] = 0
        # A world is built in thousands of commits; a server that was configured waits for its disk.
        options = settings.DATABASES[alias].setdefault("OPTIONS", {})
        options["options"] = f"{options.get('options', '')} -c synchronous_commit=off".strip()
    settings.CELERY_BROKER_URL = addresses.redis_url()
    celery_app.conf.broker_url = settings.CELERY_BROKER_URL
    celery_app.conf.broker_transport_options = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "global_keyprefix": QUEUE_PREFIX,
    }
    # A test that means the limit sets it; all others share the minute.
    settings.API_COUNT_PREFIX = f"{QUEUE_PREFIX}rate:"
    settings.API_TOKEN_PER_MINUTE = settings.API_PERSON_PER_MINUTE = 1_000_000
    settings.API_ADDRESS_PER_MINUTE = 1_000_000
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def _files_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Attachments of tests go to a folder of the run."""
    settings.FILES_DIR = tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session", autouse=True)
def _queue_left_empty() -> Iterator[None]:
    """Remove this run's messages from the shared Redis."""
    yield
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as client:
        for key in client.scan_iter(match=f"{QUEUE_PREFIX}*", count=1000):
            client.delete(key)
