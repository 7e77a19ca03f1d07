"""The embedded PostgreSQL server: create the cluster, start, ask, stop."""

import shutil
import subprocess
from pathlib import Path

import psycopg2

from core.embedded.account import Account
from core.embedded.addresses import APPLICATION, DATABASE, OWNER, SUPERUSER
from core.embedded.binaries import postgres_bin
from core.embedded.errors import EmbeddedServiceError
from core.embedded.home import prepare_socket_folder, socket_folder
from core.embedded.memory import postgres_memory
from core.embedded.places import Places
from core.embedded.secrets import read_secret, secret

_PROVISIONED = "provisioned"
"""File in the home: roles and database exist, so a crash before it repeats their creation."""


_FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Its files may lie in memory, and a checkpoint waits for no disk.
    "max_wal_size": "'512MB'",
}
"""A power cut may cost the whole cluster: only where everything in it can be made again."""


def answers(places: Places, home: Path) -> bool:
    """Whether the server accepts the application role."""
    password = read_secret(places, APPLICATION)
    if password is None or not (home / _PROVISIONED).exists():
        return False
    try:
        _connect(home, APPLICATION, password, DATABASE).close()
    except psycopg2.OperationalError:
        return False
    return True


def start(places: Places, home: Path, account: Account, durable: bool = True) -> None:
    """Create the cluster if there is none and start it; waits until it accepts connections."""
    programs = postgres_bin(home, account)
    data = home / "postgres"
    if not (data / "PG_VERSION").exists() or not (home / "cluster-complete").exists():
        _initialise(places, home, account, programs)
    run = prepare_socket_folder(home, account)
    _write_configuration(data, run, account, durable)
    log = home / "postgres.log"
    result = account.run(
        [str(programs / "pg_ctl"), "start", "-w", "-t", "60", "-D", str(data), "-l", str(log)],
        cwd=home,
    )
    if result.returncode != 0 and not _is_running(programs, data, account, home):
        raise EmbeddedServiceError(
            f"内置 PostgreSQL 没有启动，日志的最后几行（{log}）：\n{_tail(log) or result.stderr}"
        )
    if not (home / _PROVISIONED).exists():
        _provision(places, home)
        (home / _PROVISIONED).touch()


def stop(home: Path, account: Account) -> bool:
    """Stop the server after its open transactions; False when it was not running."""
    programs = postgres_bin(home, account)
    data = home / "postgres"
    if not _is_running(programs, data, account, home):
        return False
    command = [str(programs / "pg_ctl"), "stop", "-w", "-t", "60", "-m", "fast", "-D", str(data)]
    result = account.run(command, cwd=home)
    if result.returncode != 0:
        raise EmbeddedServiceError(f"内置 PostgreSQL 没有停止：{result.stderr.strip()}")
    return True


def _is_running(programs: Path, data: Path, account: Account, home: Path) -> bool:
    if not (data / "PG_VERSION").exists():
        return False
    return (
        account.run([str(programs / "pg_ctl"), "status", "-D", str(data)], cwd=home).returncode == 0
    )


def _initialise(places: Places, home: Path, account: Account, programs: Path) -> None:
    data = home / "postgres"
    shutil.rmtree(data, ignore_errors=True)
    password_file = home / "initial-password"
    password_file.touch(mode=0o600)
    password_file.write_text(secret(places, SUPERUSER))
    account.own(password_file)
    try:
        result = account.run(
            [
                str(programs / "initdb"),
                f"--pgdata={data}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--lc-collate=C",
                # With LC_CTYPE=C pg_trgm extracts nothing from Chinese text.
                "--lc-ctype=C.UTF-8",
            ],
            cwd=home,
        )
    finally:
        password_file.unlink()
    if result.returncode != 0:
        raise EmbeddedServiceError(f"内置 PostgreSQL 的 initdb 失败：\n{result.stderr.strip()}")
    (home / "cluster-complete").touch()


def _write_configuration(data: Path, run: Path, account: Account, durable: bool) -> None:
    values = {
        "listen_addresses": "''",
        "unix_socket_directories": f"'{run}'",
        "unix_socket_permissions": "0700",
        "max_connections": "120",
        "max_locks_per_transaction": "256",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_min_duration_statement": "'2s'",
        "max_wal_size": "'2GB'",
        "checkpoint_timeout": "'15min'",
        "random_page_cost": "1.1",
        "jit": "off",
        **postgres_memory(),
        **({} if durable else _FORGETFUL),
    }
    path = data / "postgresql.auto.zhaocai.conf"
    path.write_text("".join(f"{name} = {value}\n" for name, value in values.items()))
    account.own(path)
    main = data / "postgresql.conf"
    include = f"include_if_exists = '{path.name}'\n"
    if include not in main.read_text():
        with main.open("a") as stream:
            stream.write(include)


def _provision(places: Places, home: Path) -> None:
    """Create the owner and the application role and the database; safe to repeat."""
    connection = _connect(home, SUPERUSER, secret(places, SUPERUSER), "postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for role, attributes in (
                (OWNER, "CREATEDB BYPASSRLS"),
                (APPLICATION, "NOCREATEDB NOBYPASSRLS"),
            ):
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
                verb = "ALTER" if cursor.fetchone() else "CREATE"
                cursor.execute(
                    f"{verb} ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE {attributes} PASSWORD %s",
                    [secret(places, role)],
                )
            # The owner may act as the application, so that it can give it schema rollup.
            cursor.execute(f"GRANT {APPLICATION} TO {OWNER} WITH INHERIT TRUE, SET TRUE")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0")
            cursor.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
            cursor.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APPLICATION}")
    finally:
        connection.close()


def _connect(home: Path, role: str, password: str, database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(
        host=str(socket_folder(home)),
        user=role,
        password=password,
        dbname=database,
        connect_timeout=5,
    )


def _tail(log: Path, lines: int = 15) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


def version(home: Path, account: Account) -> str:
    program = postgres_bin(home, account) / "postgres"
    try:
        return account.run([str(program), "--version"], cwd=home).stdout.strip()
    except subprocess.SubprocessError:
        return "unknown"
