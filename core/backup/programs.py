"""pg_dump and pg_restore against the owner's server."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from django.conf import settings

from core.backup.problems import BackupError
from core.embedded.binaries import client_program
from core.embedded.errors import EmbeddedServiceError


def run_program(name: str, arguments: Sequence[str], *, database: str) -> None:
    """Run a PostgreSQL client program as the owner on `database`; BackupError with its last words."""
    owner = settings.DATABASES["owner"]
    environment = {
        **os.environ,
        "PGUSER": owner["USER"],
        "PGPASSWORD": owner["PASSWORD"],
        "PGHOST": owner["HOST"],
        "PGPORT": owner["PORT"] or "5432",
        "PGDATABASE": database,
        "PGAPPNAME": f"zhaocai {name}",
    }
    try:
        program = client_program(name)
    except EmbeddedServiceError as error:
        raise BackupError(str(error)) from error
    ended = subprocess.run(  # noqa: S603 - a program of PostgreSQL, with our own arguments
        [str(program), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        said = "\n".join(ended.stderr.strip().splitlines()[-5:])
        raise BackupError(f"{name} 没有成功（退出码 {ended.returncode}）：{said or '没有说明原因'}")
