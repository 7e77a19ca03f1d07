"""One hash of everything that shapes a migrated database."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from core.database.privileges import VERBS, table_policies

_SHAPING = (
    "{app}/migrations/**/*.py",
    "{app}/migrations/**/*.sql",
    # What `migrate` ships into fresh tables.
    "policy/**/*.y*ml",
    "policy/apps.py",
    "policy/operations/**/*.py",
    "policy/queries/**/*.py",
    "core/workdays/**/*.py",
    "core/database/grants.py",
    "core/database/growing.py",
    "core/database/owner.py",
    "core/database/partitioned.py",
    "core/database/privileges.py",
    "requirements/runtime.lock",
)


def database_fingerprint(root: Path, app_names: Iterable[str]) -> str:
    """Hash of migrations, shipped data, packages and grants; 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for name, content in sorted(shaping_files(root, app_names).items()):
        digest.update(f"{name} {content}\n".encode())
    digest.update(repr((sorted(table_policies().items()), VERBS)).encode())
    return digest.hexdigest()[:16]


def shaping_files(root: Path, app_names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of each file that shapes a migrated database, by its path below `root`."""
    patterns = [pattern.format(app=app) for pattern in _SHAPING for app in app_names]
    files = {path for pattern in patterns for path in root.glob(pattern)}
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }
