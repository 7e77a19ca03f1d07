"""The user that runs the servers: ourselves, or an unprivileged one under root.

PostgreSQL refuses to run as root. Nobody's folders are opened for the other
user: what it needs is copied to a folder of its own.
"""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from core.embedded.errors import EmbeddedServiceError

_CANDIDATES = ("zhaocai", "postgres", "nobody")


@dataclass(frozen=True)
class Account:
    name: str | None
    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        return self.name is not None

    def run(
        self, command: list[str], *, cwd: Path, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run `command` as this user with a neutral environment and return its output."""
        identity: dict[str, object] = {}
        if self.is_other:
            identity = {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command,
            cwd=cwd,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            umask=0o077,
            check=False,
            **identity,
        )

    def own(self, path: Path) -> None:
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, folder: Path) -> bool:
        """Whether this user may pass through `folder` and all of its parents."""
        if not self.is_other:
            return True
        return self.run(["/bin/sh", "-c", f'cd "{folder}"'], cwd=Path("/")).returncode == 0


def ourselves() -> Account:
    return Account(None, os.geteuid(), os.getegid())


def named(user: str | None) -> Account:
    if user is None:
        return ourselves()
    entry = pwd.getpwnam(user)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def choose_account() -> Account:
    """Ourselves, or under root the first unprivileged user that exists here."""
    if os.geteuid() != 0:
        return ourselves()
    for candidate in _CANDIDATES:
        try:
            return named(candidate)
        except KeyError:
            continue
    raise EmbeddedServiceError(
        "以 root 运行内置 PostgreSQL 需要一个普通用户，但系统中没有 "
        + "、".join(_CANDIDATES)
        + "。请改用普通用户运行，或设置 DATABASE_URL 与 REDIS_URL。"
    )
