"""Set a paper in a child process with a time and a memory limit."""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

from django.conf import settings

from core.paper.errors import MissingGlyphs, PaperError, PaperTooLarge, PaperTooSlow
from core.paper.fonts import font_folders, unprintable
from core.paper.places import template_path

SECONDS = 60
MEMORY_BYTES = 3 * 2**30
CONTENT_BYTES = 8 * 2**20
_CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True)
class Box:
    """A place for a signature: page from 1, in points from the page's lower left corner."""

    name: str
    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Paper:
    """The finished PDF and the places in it that wait for signatures, in their order."""

    pdf: bytes
    boxes: tuple[Box, ...]


def render_pdf(
    template: str, content: Mapping[str, Any], *, at: datetime | None = None, archival: bool = False
) -> bytes:
    """One paper as PDF; the same template, content and moment give the same bytes.

    `template` is "app/name" for the file app/documents/name.typ. `content` is plain data (texts,
    numbers, lists, mappings): texts are printed as they are, whatever signs are in them. `at` is
    written into the file as its date. `archival` asks for PDF/A-2b. Raises PaperError in Chinese.
    """
    return render_paper(template, content, at=at, archival=archival).pdf


def render_paper(
    template: str, content: Mapping[str, Any], *, at: datetime | None = None, archival: bool = False
) -> Paper:
    """As `render_pdf`, with the places of the signature boxes that the template has set."""
    kept = _kept.get()
    if kept is not None:
        return kept.paper(template, content, at=at, archival=archival)
    with Press() as press:
        return press.paper(template, content, at=at, archival=archival)


@contextmanager
def one_press() -> Iterator[None]:
    """Within it `render_pdf` and `render_paper` use one child: a job pays for its start once."""
    with Press() as press:
        token = _kept.set(press)
        try:
            yield
        finally:
            _kept.reset(token)


class Press:
    """A child that sets many papers one after the other; a job of five hundred uses one.

    with Press() as press:
        for each in agreements:
            paper = press.paper("contracts/agreement", content_of(each))
    """

    def __init__(self, *, seconds: float = SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        self.seconds = seconds
        self.memory_bytes = memory_bytes
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Press:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def paper(
        self,
        template: str,
        content: Mapping[str, Any],
        *,
        at: datetime | None = None,
        archival: bool = False,
    ) -> Paper:
        source = template_path(template)
        plain = _plain({**content, "_moment": at})
        body = json.dumps(plain, ensure_ascii=False)
        if len(body.encode()) > CONTENT_BYTES:
            raise PaperTooLarge(
                f"文书内容超过 {CONTENT_BYTES // 2**20} MB，没有生成；请减少明细或分成几份"
            )
        missing = unprintable(plain)
        if missing:
            raise MissingGlyphs(missing)
        request = {
            "input": str(source),
            "root": str(settings.BASE_DIR),
            "content": body,
            "standards": ["a-2b"] if archival else [],
        }
        deadline = time.monotonic() + self.seconds
        try:
            self._send(json.dumps(request).encode())
            answer = json.loads(self._receive(deadline))
            if not answer["ok"]:
                raise BrokenTemplate(f"{template}: {answer['message']}")
            pdf = self._receive(deadline)
        except (BrokenPipeError, EOFError) as error:
            self._end()
            raise PaperTooLarge(
                "文书排版占用的内存超过上限，没有生成；请减少明细或分成几份"
            ) from error
        except TimeoutError as error:
            self._end()
            raise PaperTooSlow(
                f"文书排版超过 {self.seconds:g} 秒，没有生成；请减少明细或稍后重试"
            ) from error
        return Paper(pdf, tuple(_box(each) for each in answer["boxes"]))

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Without secrets, and with one thread: the platform's processes run beside each other.
            env={"RAYON_NUM_THREADS": "1", "LANG": "C.UTF-8"},
        )
        self._child = child
        first = {"fonts": [str(path) for path in font_folders()], "memory_bytes": self.memory_bytes}
        self._send(json.dumps(first).encode())
        return child

    def _send(self, body: bytes) -> None:
        child = self._child or self._start()
        assert child.stdin is not None
        child.stdin.write(struct.pack(">I", len(body)) + body)
        child.stdin.flush()

    def _receive(self, deadline: float) -> bytes:
        (length,) = struct.unpack(">I", self._read(4, deadline))
        return self._read(length, deadline)

    def _read(self, count: int, deadline: float) -> bytes:
        assert self._child is not None
        assert self._child.stdout is not None
        descriptor = self._child.stdout.fileno()
        parts: list[bytes] = []
        while count:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            part = os.read(descriptor, min(count, 2**20))
            if not part:
                raise EOFError
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
        child.wait()


_kept: ContextVar[Press | None] = ContextVar("kept_press", default=None)


class BrokenTemplate(Exception):
    """A template of ours does not compile or asks for content that was not given: our mistake."""


def _box(found: Mapping[str, Any]) -> Box:
    left, top = found["x"], found["page_height"] - found["y"]
    return Box(
        name=str(found["name"]),
        page=int(found["page"]),
        left=left,
        bottom=top - found["height"],
        right=left + found["width"],
        top=top,
    )


def _plain(value: Any) -> Any:
    """Data that JSON can carry exactly: decimals as written, moments as their parts."""
    if value is None or isinstance(value, bool | int | str):
        return _clean(value) if isinstance(value, str) else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return [value.year, value.month, value.day, value.hour, value.minute, value.second]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [_plain(each) for each in value]
    raise TypeError(f"{type(value).__name__} cannot be printed; turn it into text first")


def _clean(text: str) -> str:
    """Refuses what no paper can hold; everything that can be printed stays as it is."""
    if any(0xD800 <= ord(each) <= 0xDFFF for each in text) or "\0" in text:
        raise PaperError("文字中有无法打印的字符（空字符或不完整的字符），请删除后重试")
    return text
