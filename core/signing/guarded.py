"""Verify a PDF that somebody brought: in a child process with a limit of time and of memory."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.signing.report import PdfReport, SignatureReport

SECONDS = 30
MEMORY_BYTES = 2**30
TOO_SLOW = "文件结构异常复杂，{} 秒内没有验证完，没有结论：请核对来源，或用其他工具核验"
TOO_LARGE = "文件结构异常，验证所需的内存超过上限，没有结论：请核对来源，或用其他工具核验"
TOO_MANY = "文件的签名过多，没有结论：请核对来源，或用其他工具核验"
_CHILD = Path(__file__).with_name("child.py")


def verify_brought(
    pdf: bytes,
    trust_roots: Iterable[bytes],
    *,
    revoked: Mapping[str, datetime] | None = None,
    seconds: int = SECONDS,
    memory_bytes: int = MEMORY_BYTES,
) -> PdfReport:
    """As `verify_pdf`; a file that goes over a limit gets a report that says so, and is not good."""
    asked = {
        "seconds": seconds,
        "memory_bytes": memory_bytes,
        "roots": [base64.b64encode(each).decode() for each in trust_roots],
        "revoked": {key: at.isoformat() for key, at in (revoked or {}).items()},
    }
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_CHILD)],
            input=json.dumps(asked).encode() + b"\n" + pdf,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Without secrets: what the file makes of the child learns nothing.
            env={"LANG": "C.UTF-8"},
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _none(pdf, TOO_SLOW.format(seconds))
    if done.returncode != 0:
        # Killed by the limit of processor time (SIGXCPU, SIGKILL), or out of memory.
        slow = done.returncode in (-24, -9)
        return _none(pdf, TOO_SLOW.format(seconds) if slow else TOO_LARGE)
    told = json.loads(done.stdout)
    return _none(pdf, TOO_MANY) if told["many"] else _report(told)


def _none(pdf: bytes, words: str) -> PdfReport:
    return PdfReport(False, words, sha256(pdf).hexdigest(), len(pdf))


def _report(told: Mapping[str, Any]) -> PdfReport:
    return PdfReport(
        good=told["good"],
        verdict=told["verdict"],
        sha256=told["sha256"],
        size_bytes=told["size_bytes"],
        signatures=tuple(
            SignatureReport(**each | {"signed_at": _moment(each["signed_at"])})
            for each in told["signatures"]
        ),
        waiting=tuple(told["waiting"]),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
