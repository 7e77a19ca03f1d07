"""The embedded Redis: the broker's queue, kept on disk, never evicting."""

import socket
import time
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.embedded.account import Account
from core.embedded.binaries import redis_program
from core.embedded.errors import EmbeddedServiceError
from core.embedded.home import prepare_socket_folder
from core.embedded.places import Places
from core.embedded.secrets import read_secret, secret

_START_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # As Redis does: a port whose old connections linger in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def answers(places: Places, port: int) -> bool:
    """Whether our server (it knows our password) listens on `port`."""
    password = read_secret(places, "redis")
    if not password or not port:
        return False
    try:
        with _client(port, password) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def start(places: Places, home: Path, account: Account, port: int) -> None:
    program = redis_program(home, account)
    data = home / "redis"
    if not data.exists():
        data.mkdir(mode=0o700)
        account.own(data)
    run = prepare_socket_folder(home, account)
    configuration = _write_configuration(places, data, run, account, port)
    result = account.run([str(program), str(configuration)], cwd=data)
    deadline = time.monotonic() + _START_SECONDS
    while result.returncode == 0 and time.monotonic() < deadline:
        if answers(places, port):
            return
        time.sleep(0.05)
    raise EmbeddedServiceError(
        f"内置 Redis 没有启动，请看日志 {data / 'redis.log'}。{result.stderr.strip()}"
    )


def stop(places: Places, port: int) -> bool:
    """Save and stop; False when it was not running."""
    if not answers(places, port):
        return False
    with _client(port, secret(places, "redis")) as client:
        client.shutdown(save=True)
    deadline = time.monotonic() + _START_SECONDS
    while port_is_taken(port):
        if time.monotonic() > deadline:
            raise EmbeddedServiceError("内置 Redis 没有在 20 秒内停止。")
        time.sleep(0.05)
    return True


def _client(port: int, password: str) -> redis.Redis:
    # Whoever asks whether it runs wants the answer now: the client's own retries take seconds.
    return redis.Redis(
        host="127.0.0.1", port=port, password=password, socket_timeout=5, socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
    )  # fmt: skip


def _write_configuration(
    places: Places, data: Path, run: Path, account: Account, port: int
) -> Path:
    path = data / "redis.conf"
    path.touch(mode=0o600)
    path.write_text(
        "\n".join(
            (
                "bind 127.0.0.1",
                f"port {port}",
                f"unixsocket {run / 'redis.sock'}",
                "unixsocketperm 700",
                f"requirepass {secret(places, 'redis')}",
                "daemonize yes",
                f"pidfile {data / 'redis.pid'}",
                f"logfile {data / 'redis.log'}",
                f"dir {data}",
                "appendonly yes",
                "appendfsync everysec",
                'save ""',
                "maxmemory-policy noeviction",
                "databases 2",
                "",
            )
        )
    )
    account.own(path)
    return path
