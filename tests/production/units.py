"""Reads systemd units and runs what they would run, on folders of a test."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "deploy" / "systemd"


def directives(unit: str) -> dict[str, list[str]]:
    """Name → values in order, of all sections; systemd lets a name stand several times."""
    found: dict[str, list[str]] = {}
    for line in (FOLDER / unit).read_text().splitlines():
        if "=" in line and not line.startswith(("#", ";")):
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def variables(path: Path) -> dict[str, str]:
    """An environment file as systemd reads it."""
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@dataclass(frozen=True)
class Machine:
    """Stands for the server of the recipe: where /var/lib/zhaocai and /etc/zhaocai are, and PATH."""

    state: Path
    etc: Path
    path: str

    def commands(self, unit: str) -> list[list[str]]:
        return [
            shlex.split(
                line.replace("/opt/zhaocai/.venv/bin/python", sys.executable).replace(
                    "/var/lib/zhaocai", str(self.state)
                )
            )
            for line in directives(unit)["ExecStart"]
        ]

    def environment(self, unit: str) -> dict[str, str]:
        """Only what the unit's files give: nothing of the test's own environment."""
        found = {"PATH": self.path, "LANG": "C.UTF-8", "HOME": str(self.state)}
        for named in directives(unit)["EnvironmentFile"]:
            found |= variables(self.etc / Path(named).name)
        return found

    def run(self, unit: str) -> str:
        """Run a oneshot unit to its end; its output."""
        said = []
        for command in self.commands(unit):
            ended = subprocess.run(
                command, cwd=settings.BASE_DIR, env=self.environment(unit),
                capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
            said.append(ended.stdout + ended.stderr)
            assert ended.returncode == 0, f"{unit}: {command}\n{said[-1][-3000:]}"
        return "\n".join(said)

    def start(self, unit: str, log: Path) -> subprocess.Popen[bytes]:
        """Start a lasting unit; the caller stops it."""
        (command,) = self.commands(unit)
        with log.open("ab") as stream:
            return subprocess.Popen(
                command, cwd=settings.BASE_DIR, env=self.environment(unit),
                stdout=stream, stderr=stream, start_new_session=True,
            )  # fmt: skip
