"""Servers, a migrated database of this run's own, and a queue of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks import databases


@dataclass(frozen=True)
class Bench:
    """Where this run works: the migrated empty template and the owner's address."""

    owner_url: str
    template: str

    def new(self, label: str, template: str | None = None) -> str:
        """A copy of the empty template, or of another database of this run."""
        from django.db import connections

        connections.close_all()
        return databases.create(self.owner_url, label, template or self.template)

    def drop(self, name: str) -> None:
        """Drop a database of this run before its end, for the room that it takes."""
        from django.db import connections

        connections.close_all()
        databases.drop(self.owner_url, name)


@contextmanager
def prepared() -> Iterator[Bench]:
    """Start what has no address, migrate a template; all databases are gone afterwards."""
    from core.embedded import services

    services.ensure_started()
    from config import addresses

    owner_url, application_url = addresses.owner_url(), addresses.application_url()
    databases.drop_all(owner_url)
    template = databases.create(owner_url, "template")
    # Settings are read after this, here and in the worker: they see this run's database only.
    os.environ["DATABASE_URL"] = databases.url_of(application_url, template)
    os.environ["MIGRATION_DATABASE_URL"] = databases.url_of(owner_url, template)
    os.environ["REDIS_URL"] = addresses.redis_url()
    os.environ["QUEUE_PREFIX"] = f"zhaocai-bench-{os.getpid()}:"
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    try:
        import django
        from django.core.management import call_command

        django.setup()
        print("建库 …", file=sys.stderr)
        call_command("migrate", verbosity=0, interactive=False)
        yield Bench(owner_url, template)
    finally:
        from django.db import connections

        connections.close_all()
        databases.drop_all(owner_url)
