"""The embedded servers: started once by many, closed to strangers, found again, data kept."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings

from core.embedded.addresses import APPLICATION, OWNER, SUPERUSER, database_url, redis_url
from core.embedded.places import Places

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """A var folder of the tests' own; its servers are gone afterwards."""
    own = Places(tmp_path_factory.mktemp("services") / "var")
    yield own
    _manage(own, "services", "reset")


def _manage(places: Places, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "MIGRATION_DATABASE_URL", "REDIS_URL"}
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**environment, "ZHAOCAI_VAR": str(places.var)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.fixture(scope="module")
def running(places: Places) -> Places:
    """Started by three commands at once."""
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: _manage(places, "services", "start"), range(3)))
    assert [(r.returncode, r.stderr) for r in results] == [(0, "")] * 3
    return places


def _query(places: Places, role: str, statement: str) -> object:
    connection = psycopg2.connect(database_url(role, places=places))
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()
    finally:
        connection.close()


def test_three_starts_at_once_give_one_server(running: Places) -> None:
    record = json.loads(running.record.read_text())
    pid = int((Path(record["home"]) / "postgres" / "postmaster.pid").read_text().split()[0])
    assert Path(f"/proc/{pid}").exists()
    # The servers' shared memory is taken once: a second postmaster would have logged its refusal.
    assert "lock file" not in (Path(record["home"]) / "postgres.log").read_text()


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (SUPERUSER, (True, True, True)),
        (OWNER, (False, True, False)),
        (APPLICATION, (False, False, False)),
    ],
)
def test_roles_have_just_their_rights(running: Places, role: str, expected: tuple[bool]) -> None:
    statement = (
        "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    assert _query(running, role, statement) == expected


@pytest.mark.parametrize("password", ["", "wrong"])
def test_wrong_password_is_refused(running: Places, password: str) -> None:
    url = database_url(APPLICATION, places=running)
    secret = (running.secrets / APPLICATION).read_text()
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(url.replace(secret, password))


def test_redis_refuses_without_password_and_keeps_everything(running: Places) -> None:
    url = redis_url(places=running)
    secret = (running.secrets / "redis").read_text()
    stranger = redis.Redis.from_url(url.replace(f":{secret}@", ""))
    with stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()
    with redis.Redis.from_url(url, decode_responses=True) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_trigram_search_finds_chinese(running: Places) -> None:
    # With LC_CTYPE=C there would be none, and no error to tell of it.
    statement = "CREATE EXTENSION IF NOT EXISTS pg_trgm; SELECT cardinality(show_trgm('南昌大学'))"
    assert _query(running, OWNER, statement) == (5,)


def test_folders_are_closed_to_others(running: Places) -> None:
    home = Path(json.loads(running.record.read_text())["home"])
    for folder in (running.secrets, home):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in running.secrets.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_root_drops_to_an_unprivileged_user(running: Places) -> None:
    record = json.loads(running.record.read_text())
    home = Path(record["home"])
    assert record["user"] is not None
    for pid_file in (home / "postgres" / "postmaster.pid", home / "redis" / "redis.pid"):
        pid = int(pid_file.read_text().split()[0])
        assert Path(f"/proc/{pid}").stat().st_uid == home.stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_private_parents_keep_their_permissions(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    places = Places(private / "var")
    before = {folder: folder.stat().st_mode for folder in (private, tmp_path)}
    try:
        assert _manage(places, "services", "start").returncode == 0
        assert {folder: folder.stat().st_mode for folder in before} == before
        assert not Path(json.loads(places.record.read_text())["home"]).is_relative_to(private)
        assert _query(places, APPLICATION, "SELECT 1") == (1,)
    finally:
        _manage(places, "services", "reset")


def test_data_outlives_stop_and_start(running: Places) -> None:
    with redis.Redis.from_url(redis_url(places=running)) as client:
        client.set("kept", "1")
    assert "已停止" in _manage(running, "services", "stop").stdout
    assert _manage(running, "services", "start").returncode == 0
    with redis.Redis.from_url(redis_url(places=running)) as client:
        assert client.get("kept") == b"1"
    assert _query(running, OWNER, "SELECT current_user") == (OWNER,)
