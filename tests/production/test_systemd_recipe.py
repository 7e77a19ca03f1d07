"""The recipe without containers, from two empty servers to pages, jobs, a backup and a clean stop."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from core.database.privileges import VERBS
from tests.production.conftest import HOST
from tests.production.units import FOLDER, Machine, directives, variables

LASTING = ("zhaocai-web.service", "zhaocai-worker.service", "zhaocai-beat.service")
SERVICES = (*LASTING, "zhaocai-migrate.service", "zhaocai-backup.service")


@pytest.fixture(scope="module")
def migrated(machine: Machine) -> str:
    """What the migrate unit said: checks, tables, static files. Then the first three accounts."""
    said = machine.run("zhaocai-migrate.service")
    made = subprocess.run(
        [sys.executable, "manage.py", "create_administrators"],
        cwd=settings.BASE_DIR, env=machine.environment("zhaocai-web.service"),
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert len(made.stdout.splitlines()) == 3
    return said


@pytest.fixture(scope="module")
def running(
    machine: Machine, migrated: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    logs = tmp_path_factory.mktemp("logs")
    started = {unit: machine.start(unit, logs / f"{unit}.log") for unit in LASTING}
    try:
        _wait_until_ready(machine, started, logs)
        yield started
    finally:
        for process in started.values():
            with suppress(ProcessLookupError):
                process.kill()


def _ask(machine: Machine, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """As the reverse proxy asks: by our host's name, over https."""
    host, port = variables(machine.etc / "zhaocai.env")["WEB_BIND"].split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    try:
        connection.request(
            "GET", path,
            headers={"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9",
                     **headers},
        )  # fmt: skip
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def _wait_until_ready(
    machine: Machine, started: dict[str, subprocess.Popen[bytes]], logs: Path
) -> None:
    deadline = time.monotonic() + 90
    said: object = "no answer"
    while time.monotonic() < deadline:
        ended = [unit for unit, process in started.items() if process.poll() is not None]
        if ended:
            pytest.fail(
                "\n".join(f"{u} ended:\n{(logs / f'{u}.log').read_text()[-2000:]}" for u in ended)
            )
        with suppress(OSError):
            status, _, body = _ask(machine, "/readyz")
            said = body.decode()
            if status == 200:
                return
        time.sleep(0.3)
    pytest.fail(f"not ready: {said}")


def test_deploy_checks_are_clean(migrated: str) -> None:
    assert "System check identified no issues (0 silenced)." in migrated


def test_application_role_has_least_rights(migrated: str, roles: dict[str, str]) -> None:
    with psycopg2.connect(roles["application"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
            " WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False, False)
        cursor.execute(
            "SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = current_user AND table_name = 'core_auditevent' ORDER BY 1"
        )
        assert {row[0] for row in cursor.fetchall()} == set(VERBS["append"])


def test_every_part_is_ready(running: object, machine: Machine) -> None:
    status, _, body = _ask(machine, "/readyz")
    assert (status, set(json.loads(body)["parts"].values())) == (200, {"ok"})
    assert _ask(machine, "/healthz")[0] == 200


def test_sign_in_page_has_the_headers_of_production(running: object, machine: Machine) -> None:
    status, headers, body = _ask(machine, "/login/")
    assert status == 200
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Secure" in headers["Set-Cookie"]
    assert "口令" in body.decode() or "密码" in body.decode()


def test_plain_http_is_sent_to_https(running: object, machine: Machine) -> None:
    status, headers, _ = _ask(machine, "/login/", **{"X-Forwarded-Proto": "http"})
    assert (status, headers["Location"]) == (301, f"https://{HOST}/login/")


def test_another_host_name_is_refused(running: object, machine: Machine) -> None:
    assert _ask(machine, "/login/", Host="evil.example.com")[0] == 400


def test_static_files_carry_their_digest_and_are_kept_by_browsers(
    running: object, machine: Machine
) -> None:
    page = _ask(machine, "/login/")[2].decode()
    address = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    status, headers, body = _ask(machine, address)
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert len(body) > 1000


@pytest.mark.parametrize(("token", "status"), [("scrape-me", 200), ("guessed", 404)])
def test_figures_of_the_machine_need_the_token(
    running: object, machine: Machine, token: str, status: int
) -> None:
    assert _ask(machine, "/metrics", Authorization=f"Bearer {token}")[0] == status


def test_backup_unit_makes_a_backup_that_is_good(running: object, machine: Machine) -> None:
    said = machine.run("zhaocai-backup.service")
    assert "：可用" in said
    assert len(list((machine.state / "backups").glob("zhaocai-*/database.dump"))) == 1


def test_all_stop_cleanly_within_their_time(
    running: dict[str, subprocess.Popen[bytes]], machine: Machine
) -> None:
    """Last of this module: the processes are gone afterwards."""
    for process in running.values():
        process.send_signal(signal.SIGTERM)
    ended = {
        unit: process.wait(timeout=int(directives(unit)["TimeoutStopSec"][0]))
        for unit, process in running.items()
    }
    assert set(ended.values()) <= {0, -signal.SIGTERM}


@pytest.mark.parametrize("unit", SERVICES)
def test_units_run_without_rights_and_without_secrets(unit: str) -> None:
    said = directives(unit)
    assert said["User"] == ["zhaocai"]
    for name, value in {"NoNewPrivileges": "yes", "ProtectSystem": "strict"}.items():
        assert said[name] == [value]
    assert "Environment" not in said


@pytest.mark.parametrize("unit", LASTING)
def test_only_migrate_and_backup_know_the_owner(unit: str) -> None:
    assert all("owner.env" not in path for path in directives(unit)["EnvironmentFile"])


def test_examples_hold_no_secret() -> None:
    filled = {
        **variables(FOLDER / "zhaocai.env.example"),
        **variables(FOLDER / "owner.env.example"),
    }
    for name in (
        "DATABASE_URL",
        "MIGRATION_DATABASE_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "SIGNING_KEY_PASSPHRASE",
        "METRICS_TOKEN",
    ):
        assert filled[name] == ""


def test_both_recipes_have_one_proxy() -> None:
    """The two configurations differ in where the web and the certificates are, and in their first line."""
    of_units = (FOLDER / "nginx.conf").read_text()
    of_containers = (FOLDER.parent / "nginx.conf").read_text()
    as_units = of_containers.replace("web:8000", "127.0.0.1:8000").replace(
        "/etc/nginx/certificates", "/etc/zhaocai/certificates"
    )
    assert of_units.splitlines()[1:] == as_units.splitlines()[1:]
