"""Names the test files that a change touches: `make test-touched` runs them before all the others.

A test file is named when it was changed itself, when it names a changed module of the project
(`app.room.noun`) or imports from its package, or when it belongs to a changed folder of templates (tests/<app>, tests/ui).
The rules of the architecture are always asked. What reaches a module only through pages is not
found: before a push everything runs.

Usage: touched.py [commit to compare with, by default the branch's start on origin/main]
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
ALWAYS = {"tests/architecture"}


def _git(*words: str) -> list[str]:
    said = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True)
    return said.stdout.split("\n")[:-1]


def changed(base: str) -> set[str]:
    """Paths that differ from `base`, committed or not, with files that git does not know yet."""
    return {
        *_git("diff", "--name-only", base),
        *_git("ls-files", "--others", "--exclude-standard"),
    }


def touched(paths: Iterable[str]) -> set[str]:
    """Test files and folders, as paths from the root."""
    found, modules, packages = set(ALWAYS), set[str](), set[str]()
    for path in paths:
        parts = Path(path).with_suffix("").parts
        if parts[0] == "tests":
            found |= {path} if Path(path).name.startswith("test_") else set()
            modules.add(".".join(parts))
        elif parts[0] == "templates":
            found |= {"tests/ui", *(f"tests/{part}" for part in parts[1:2])}
        elif path.endswith(".py"):
            modules.add(".".join(part for part in parts if part != "__init__"))
            packages.add(".".join(parts[:-1]))
    if modules:
        either = "|".join(
            [rf"\b{re.escape(each)}\b" for each in sorted(modules)]
            + [rf"from {re.escape(each)} import" for each in sorted(packages - {""})]
        )
        named = re.compile(either)
        for file in TESTS.rglob("test_*.py"):
            if named.search(_imports(file)):
                found.add(file.relative_to(ROOT).as_posix())
    return {path for path in found if (ROOT / path).exists()}


def _imports(file: Path) -> str:
    """The text, with `from a import b` also as `a.b`."""
    text = file.read_text(encoding="utf-8")
    several = re.findall(r"^\s*from ([\w.]+) import ([^(\n]+)$", text, re.MULTILINE)
    return text + " ".join(
        f"{package}.{name.strip()}" for package, names in several for name in names.split(",")
    )


if __name__ == "__main__":
    (base,) = sys.argv[1:] or _git("merge-base", "HEAD", "origin/main")
    print(" ".join(sorted(touched(changed(base)))))
