"""A server of the recipe: an empty PostgreSQL cluster with the roles of deploy/create-roles.sh."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import psycopg2
import pytest
from django.conf import settings

from core.embedded.addresses import SUPERUSER, database_url, redis_url
from core.embedded.binaries import client_program
from core.embedded.places import Places
from core.embedded.secrets import read_secret
from tests.production.units import FOLDER, Machine

HOST = "zc.example.gov.cn"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """PostgreSQL and Redis that only the test uses, as a site's own servers would be."""
    places = Places(tmp_path_factory.mktemp("site") / "var")
    command = [sys.executable, "manage.py", "services"]
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"}
    } | {"ZHAOCAI_VAR": str(places.var)}
    subprocess.run([*command, "start"], cwd=settings.BASE_DIR, env=environment, check=True,
                   capture_output=True, timeout=180)  # fmt: skip
    yield places
    subprocess.run([*command, "reset"], cwd=settings.BASE_DIR, env=environment, check=True,
                   capture_output=True, timeout=180)  # fmt: skip


@pytest.fixture(scope="session")
def roles(cluster: Places) -> dict[str, str]:
    """Drop what the embedded start made, and let the recipe's own script make roles and database.

    Returns the URLs of owner and application.
    """
    superuser = database_url(SUPERUSER, places=cluster)
    host = dict(parse_qsl(urlsplit(superuser).query))["host"]
    connection = psycopg2.connect(superuser.replace("/zhaocai?", "/postgres?"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE zhaocai WITH (FORCE)")
        cursor.execute("DROP ROLE zhaocai_app")
        cursor.execute("DROP ROLE zhaocai_owner")
    connection.close()
    passwords = {"OWNER_PASSWORD": "owner-pass-1", "APP_PASSWORD": "app-pass-2"}
    subprocess.run(
        ["sh", "deploy/create-roles.sh"],
        cwd=settings.BASE_DIR, check=True, capture_output=True, timeout=60,
        env={
            "PATH": f"{client_program('psql').parent}:/usr/bin:/bin",
            "POSTGRES_USER": SUPERUSER,
            "PGHOST": host,
            "PGPASSWORD": read_secret(cluster, SUPERUSER) or "",
            **passwords,
        },
    )  # fmt: skip
    return {
        "owner": f"postgresql://zhaocai_owner:owner-pass-1@/zhaocai?host={host}",
        "application": f"postgresql://zhaocai_app:app-pass-2@/zhaocai?host={host}",
    }


@pytest.fixture(scope="session")
def machine(
    cluster: Places, roles: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Machine:
    """The two environment files, filled in from the examples as the handbook says."""
    home = tmp_path_factory.mktemp("machine")
    etc, state = home / "etc", home / "state"
    etc.mkdir()
    state.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    filled = {
        "DATABASE_URL": roles["application"],
        "REDIS_URL": redis_url(places=cluster),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SIGNING_KEY_PASSPHRASE": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
        "METRICS_TOKEN": "scrape-me",
        "MIGRATION_DATABASE_URL": roles["owner"],
        "WEB_BIND": f"127.0.0.1:{port}",
    }
    for name in ("zhaocai.env", "owner.env"):
        lines = []
        for line in (FOLDER / f"{name}.example").read_text().splitlines():
            variable = line.split("=", 1)[0]
            lines.append(
                f"{variable}={filled[variable]}"
                if variable in filled
                else line.replace("/var/lib/zhaocai", str(state))
            )
        (etc / name).write_text("\n".join(lines) + "\n")
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    assert shutil.which("sh", path=path)
    return Machine(state=state, etc=etc, path=path)
