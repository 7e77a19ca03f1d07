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
    "core/database/*.py",
    "requirements/runtime.lock",
)


def database_fingerprint(root: Path, app_names: Iterable[str]) -> str:
    """Hash of migrations, shipped data, packages and grants; 16 hexadecimal digits."""
    patterns = [pattern.format(app=app) for pattern in _SHAPING for app in app_names]
    files = {path for pattern in patterns for path in root.glob(pattern)}
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    digest.update(repr((sorted(table_policies().items()), VERBS)).encode())
    return digest.hexdigest()[:16]
