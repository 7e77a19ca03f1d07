"""The folder of the servers: chosen once, private to the user that runs them."""

import hashlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from core.embedded.account import Account
from core.embedded.errors import EmbeddedServiceError
from core.embedded.places import Places

_SOCKET_PATH_LIMIT = 107
"""Bytes of a unix socket address, `.s.PGSQL.5432` included."""


_END_SECONDS = 30

MEMORY = Path("/dev/shm")  # noqa: S108 - the folder below it is private, and never one found there
"""Where Linux keeps files in memory."""
_ROOM_MEGABYTES = 4096
"""Several times what the databases of a test run take, so that the machine keeps room for others."""


def in_memory(home: Path) -> bool:
    return home.is_relative_to(MEMORY)


def memory_has_room() -> bool:
    """Whether a run's databases fit into memory, and the servers' programs may be run from there."""
    try:
        folder = os.statvfs(MEMORY)
        told = Path("/proc/meminfo").read_text()
    except OSError:
        return False
    available = int(told.partition("MemAvailable:")[2].split()[0]) // 1024
    free = folder.f_bavail * folder.f_frsize // 2**20
    return min(free, available) >= _ROOM_MEGABYTES and not folder.f_flag & os.ST_NOEXEC


def choose_home(places: Places, account: Account, durable: bool = True) -> Path:
    """A new folder of mode 0700 owned by `account`, below var/ where that is possible.

    Not `durable`: in memory where there is room. A clone of the template is three thousand small
    files, which a file system on disk takes ten times as long to make.
    """
    digest = hashlib.sha256(str(places.var).encode()).hexdigest()[:12]
    candidates = [places.var / "services"]
    if not durable and memory_has_room():
        candidates.insert(0, MEMORY / f"zhaocai-{digest}")
    if os.geteuid() == 0:
        candidates.append(Path("/var/lib/zhaocai") / digest)
    candidates.append(Path(tempfile.gettempdir()) / f"zhaocai-{digest}")
    for home in candidates:
        if _create(home, account):
            return home
    raise EmbeddedServiceError("找不到可存放内置数据库的目录，请用 ZHAOCAI_VAR 指定一个可写目录。")


def _create(home: Path, account: Account) -> bool:
    if home.parent in (Path(tempfile.gettempdir()), MEMORY) and home.is_symlink():
        return False
    if home.exists():
        _set_aside(home)
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        if not account.can_enter(home.parent):
            return False
        home.mkdir(mode=0o700)
        account.own(home)
    except OSError:
        return False
    return True


def _set_aside(home: Path) -> None:
    """Keep the data of a var/ that was deleted; its passwords are gone, so it cannot be used."""
    _end_servers(home)
    if in_memory(home):  # Of tests: nothing in it is kept.
        remove_home(home)
        return
    aside = home.with_name(f"{home.name}.orphan-{int(time.time())}")
    home.rename(aside)
    print(f"旧的内置数据库目录没有对应的口令，已改名保留：{aside}", file=sys.stderr)


def _end_servers(home: Path) -> None:
    """Ask servers that still run from `home` to end, and wait until they have."""
    for pid_file in (home / "postgres" / "postmaster.pid", home / "redis" / "redis.pid"):
        try:
            pid = int(pid_file.read_text().split()[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            continue
        if os.fsencode(home) not in command and b"redis-server" not in command:
            continue  # The number has passed on to somebody else's process.
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + _END_SECONDS
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.1)


def socket_folder(home: Path) -> Path:
    """Where the sockets go: in the home, or in a short folder when its path is too long."""
    inside = home / "run"
    if len(os.fsencode(inside / ".s.PGSQL.5432")) <= _SOCKET_PATH_LIMIT:
        return inside
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"zhaocai-run-{digest}"


def prepare_socket_folder(home: Path, account: Account) -> Path:
    folder = socket_folder(home)
    if not folder.exists():
        folder.mkdir(mode=0o700)
        account.own(folder)
    elif folder.is_symlink() or folder.stat().st_uid != account.uid:
        raise EmbeddedServiceError(f"目录 {folder} 属于其他用户，请删除它后重试。")
    return folder


def remove_home(home: Path) -> None:
    run = socket_folder(home)
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(run, ignore_errors=True)
