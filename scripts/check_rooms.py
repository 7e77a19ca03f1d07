#!/usr/bin/env python
"""Fails when a file lies in a room that the architecture does not name, or is too long.

Rooms of the stage apps are an exhaustive list: a new one has to be named here
and in the handbook first. `core` has packages of its own, named likewise.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAX_LINES = 600

STAGE_APPS = (
    "organisations",
    "inbox",
    "policy",
    "catalog",
    "contracts",
    "volumes",
    "procurement",
    "complaints",
    "monitoring",
    "settlement",
    "interchange",
)

# A room is a folder or one module of that name.
ROOMS = {
    "__init__",
    "admin",
    "api",
    "apps",
    "datasets",
    "documents",
    "filters",
    "forms",
    "management",
    "messages",
    "migrations",
    "models",
    "operations",
    "queries",
    "rules",
    "states",
    "tables",
    "tasks",
    "templatetags",
    "urls",
    "views",
}
OWN_ROOMS = {
    "catalog": {"formulas"},
    "volumes": {"formulas"},
    "monitoring": {"indicators"},
    "settlement": {"formulas"},
    "policy": {"data"},
    "interchange": {"runner", "demo", "files"},
}
CORE_PACKAGES = {
    "api",
    "attachments",
    "audit",
    "backup",
    "database",
    "datasets",
    "embedded",
    "jobs",
    "lists",
    "management",
    "migrations",
    "models",
    "numbers",
    "operations",
    "outgoing",
    "paper",
    "pinyin",
    "processes",
    "signing",
    "tasks",
    "templatetags",
    "totp",
    "transitions",
    "views",
    "workdays",
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}
CODE_FOLDERS = ("config", "core", *STAGE_APPS, "tests", "scripts", "benchmarks")
LONG_BY_NATURE = {"migrations"}


def findings() -> Iterator[str]:
    for app in (*STAGE_APPS, "core"):
        allowed = CORE_PACKAGES | {"__init__", "apps"} if app == "core" else ROOMS
        yield from _foreign_rooms(app, allowed | OWN_ROOMS.get(app, set()))
    for path in _sources():
        relative = path.relative_to(ROOT)
        if path.stem in FORBIDDEN_NAMES or FORBIDDEN_NAMES & set(relative.parts):
            yield f"{relative}: named for no thing; name it for what it holds"
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > MAX_LINES and not LONG_BY_NATURE & set(relative.parts):
            yield f"{relative}: {lines} lines, at most {MAX_LINES}; split it by its trade words"


def _foreign_rooms(app: str, allowed: set[str]) -> Iterator[str]:
    for entry in sorted((ROOT / app).iterdir()):
        is_code = entry.suffix == ".py" or (entry.is_dir() and any(entry.rglob("*.*")))
        if is_code and entry.name != "__pycache__" and entry.stem not in allowed:
            yield f"{app}/{entry.name}: not a room; rooms are {', '.join(sorted(allowed))}"


def _sources() -> Iterator[Path]:
    for folder in CODE_FOLDERS:
        for pattern in ("*.py", "*.sql"):
            yield from sorted((ROOT / folder).rglob(pattern))


def main() -> int:
    found = list(findings())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
