"""Heads of the chain kept outside the database, so that a cut-off end is found.

Each line of `heads.jsonl` names a block, its digest and how many blocks there were; it is chained
to the line before and signed with the platform's key. Whoever has the database alone can neither
forge a line nor take one out of the middle; a copy kept by the auditor guards the file itself.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from core.audit.seals import AuditSeal

FILE = "heads.jsonl"
_PURPOSE = b"zhaocai audit heads"


@dataclass(frozen=True)
class Head:
    """One line: the newest block at that moment, and the line's place in the file."""

    seal_id: int
    digest: str
    blocks: int
    at: str
    previous: str

    def body(self) -> str:
        return json.dumps(
            [self.seal_id, self.digest, self.blocks, self.at, self.previous], ensure_ascii=False
        )


@dataclass(frozen=True)
class KeptHeads:
    """What a file of heads says, and what is wrong with the file itself, in Chinese."""

    heads: tuple[Head, ...]
    problems: tuple[str, ...]


def heads_file() -> Path:
    """Where the heads are kept; a place that the database's administrator cannot reach."""
    return Path(settings.AUDIT_HEAD_DIR) / FILE


def export_head(*, at: datetime) -> Head | None:
    """Append the newest block's digest; None where it is written already or nothing is sealed.

    One writer at a time by a lock on the file; on disk before this returns.
    """
    path = heads_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        newest = AuditSeal.objects.order_by("-pk").first()
        lines = [line for line in stream.read().splitlines() if line]
        if newest is None or (lines and json.loads(lines[-1])["digest"] == newest.digest):
            return None
        head = Head(
            seal_id=newest.pk,
            digest=newest.digest,
            blocks=AuditSeal.objects.count(),
            at=at.astimezone(UTC).isoformat(),
            previous=_digest(lines[-1]) if lines else "",
        )
        stream.write(_line(head) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    return head


def kept_heads() -> KeptHeads:
    """The platform's own file; nothing at all before the first export."""
    path = heads_file()
    return read_heads(path.read_text(encoding="utf-8") if path.exists() else "")


def read_heads(text: str) -> KeptHeads:
    """Read a file of heads; each line that is unreadable, unsigned or out of its chain is named."""
    heads: list[Head] = []
    problems: list[str] = []
    previous = ""
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), start=1):
        try:
            held = json.loads(line)
            head = Head(
                int(held["seal"]), str(held["digest"]), int(held["blocks"]), str(held["at"]),
                str(held["previous"]),
            )  # fmt: skip
            signature = str(held["signature"])
        except (ValueError, KeyError, TypeError):
            problems.append(f"留存文件第 {number} 行无法识别")
            previous = _digest(line)
            continue
        if not _signed(head, signature):
            problems.append(f"留存文件第 {number} 行签名不符，内容被改动")
        elif head.previous != previous:
            problems.append(f"留存文件第 {number} 行与上一行不相接，之前有行被删除或改动")
        else:
            heads.append(head)
        previous = _digest(line)
    return KeptHeads(tuple(heads), tuple(problems))


def _line(head: Head) -> str:
    return json.dumps(
        {
            "seal": head.seal_id,
            "digest": head.digest,
            "blocks": head.blocks,
            "at": head.at,
            "previous": head.previous,
            "signature": _signature(head, settings.SECRET_KEY),
        }
    )


def _signed(head: Head, signature: str) -> bool:
    keys: Iterable[str] = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(hmac.compare_digest(_signature(head, key), signature) for key in keys)


def _signature(head: Head, key: str) -> str:
    own = hmac.new(key.encode(), _PURPOSE, sha256).digest()
    return hmac.new(own, head.body().encode(), sha256).hexdigest()


def _digest(line: str) -> str:
    return sha256(line.encode()).hexdigest()
