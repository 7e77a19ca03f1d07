"""A PostgreSQL of the test's own, to be stopped without a word and started again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections

from core.embedded import postgres
from core.embedded.account import Account, choose_account
from core.embedded.addresses import APPLICATION, DATABASE, OWNER
from core.embedded.binaries import postgres_bin
from core.embedded.home import choose_home, remove_home, socket_folder
from core.embedded.places import Places
from core.embedded.secrets import secret
from tests.databases.pointing import ALIASES

ROLES = {"default": APPLICATION, "owner": OWNER}


@dataclass(frozen=True)
class OwnCluster:
    home: Path
    account: Account

    def restart(self) -> None:
        """Stop as if killed (SIGQUIT to all), recover from the log, accept connections again."""
        result = self.account.run(
            [
                str(postgres_bin(self.home, self.account) / "pg_ctl"),
                *("restart", "-w", "-m", "immediate"),
                *("-D", str(self.home / "postgres"), "-l", str(self.home / "postgres.log")),
            ],
            cwd=self.home,
        )
        assert result.returncode == 0, result.stderr


@contextmanager
def own_cluster(folder: Path, template: str) -> Iterator[OwnCluster]:
    """A durable server with a copy of `template`, at which Django's connections are pointed.

    It is killed, not the machine: its files may lie in memory.
    """
    places, account = Places(folder / "var"), choose_account()
    cluster = OwnCluster(choose_home(places, account, durable=False), account)
    try:
        postgres.start(places, cluster.home, account)
        _copy(template, places, cluster, folder / "template.dump")
        with _pointed_at(places, cluster):
            yield cluster
    finally:
        postgres.stop(cluster.home, account)
        remove_home(cluster.home)


def _copy(template: str, places: Places, cluster: OwnCluster, dump: Path) -> None:
    programs = postgres_bin(cluster.home, cluster.account)
    source, target = settings.DATABASES["owner"], str(socket_folder(cluster.home))
    steps = (
        (source["PASSWORD"], "pg_dump", "-h", source["HOST"], "-U", source["USER"],
         "-p", str(source["PORT"] or 5432), "-Fc", "-f", str(dump), template),
        (secret(places, OWNER), "pg_restore", "-h", target, "-U", OWNER, "-d", DATABASE,
         "--exit-on-error", str(dump)),
    )  # fmt: skip
    for password, program, *arguments in steps:
        done = subprocess.run(
            [str(programs / program), *arguments], env={**os.environ, "PGPASSWORD": password},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]


@contextmanager
def _pointed_at(places: Places, cluster: OwnCluster) -> Iterator[None]:
    before = {alias: dict(settings.DATABASES[alias]) for alias in ALIASES}
    own = {
        alias: {
            "HOST": str(socket_folder(cluster.home)), "PORT": "", "NAME": DATABASE,
            "USER": role, "PASSWORD": secret(places, role),
            # What was answered with success has to outlive the server.
            "OPTIONS": {**before[alias]["OPTIONS"], "options": "-c synchronous_commit=on"},
        }
        for alias, role in ROLES.items()
    }  # fmt: skip
    _set(own)
    try:
        yield
    finally:
        _set(before)


def _set(values: dict[str, dict[str, Any]]) -> None:
    connections.close_all()
    for alias, entry in values.items():
        for held in (
            settings.DATABASES[alias], connections.settings[alias], connections[alias].settings_dict
        ):  # fmt: skip
            held.update(entry)
