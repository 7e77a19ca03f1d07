"""The process in which a PDF that somebody brought is verified: a hostile one harms this process only.

Started by file name (`python -I child.py`). One request on standard input: a line of JSON (limits,
roots, revocations), then the file. One line of JSON on standard output: the report.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
import types
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import IO, Any

HERE = Path(__file__).resolve().parent
LONGEST = 500
MOST_SIGNATURES = 200


def bare_package() -> None:
    """`core.signing` without its __init__: verifying needs pyHanko, nothing of Django."""
    sys.path.insert(0, str(HERE.parents[1]))
    package = types.ModuleType("core.signing")
    package.__path__ = [str(HERE)]
    sys.modules["core.signing"] = package


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return value[:LONGEST]
    raise TypeError(type(value).__name__)


def answer(source: IO[bytes]) -> dict[str, Any]:
    asked = json.loads(source.readline())
    # Loaded before the limit counts: what remains is the file's.
    from core.signing.verify import verify_pdf

    memory, seconds = asked["memory_bytes"], asked["seconds"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    report = verify_pdf(
        source.read(),
        [base64.b64decode(each) for each in asked["roots"]],
        revoked={key: datetime.fromisoformat(at) for key, at in asked["revoked"].items()},
    )
    told = asdict(report)
    told["signatures"] = [
        {key: value[:LONGEST] if isinstance(value, str) else value for key, value in each.items()}
        for each in told["signatures"][:MOST_SIGNATURES]
    ]
    told["many"] = len(report.signatures) > MOST_SIGNATURES
    told["waiting"] = [name[:LONGEST] for name in report.waiting[:MOST_SIGNATURES]]
    return told


if __name__ == "__main__":
    bare_package()
    sys.stdout.write(json.dumps(answer(sys.stdin.buffer), default=plain))
