"""Stretches of plain lines, taken whole: most files have nothing else after their header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from interchange.runner.records import SPECIAL, Lines, Record, next_record

BLOCK_BYTES = 1 << 17


class Run:
    """Lines that follow one another, each a record without quotes; `line` is the first one's."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int, lines: list[bytes]) -> None:
        self.line = line
        self.lines = lines

    def records(self) -> Iterator[Record]:
        """The same one by one."""
        for number, body in enumerate(self.lines, self.line):
            yield Record(number, body, None)

    def copy_rows(self) -> bytes:
        """All in COPY's text format, each after its number and a NULL."""
        rows = [b"%d\t\\N\t%b\n" % pair for pair in enumerate(self.lines, self.line)]
        return b"".join(rows).replace(b",", b"\t")


def runs(stream: BinaryIO) -> Iterator[Record | Run]:
    """The header's record, then records and runs in the file's order; raises as `records` does.

    `stream` can be wound back: a block with a quote, a blank line or anything else that is not
    plain is read again record by record.
    """
    lines = Lines(stream)
    header = next_record(lines)
    if header is None:
        return
    yield header
    while True:
        begins = stream.tell()
        block, whole = _block(stream)
        if not block:
            return
        plain = plain_lines(block) if whole else None
        if plain is not None:
            yield Run(lines.number + 1, plain)
            lines.number += len(plain)
            continue
        stream.seek(begins)
        ends = begins + len(block)
        while stream.tell() < ends and (record := next_record(lines)) is not None:
            yield record


def _block(stream: BinaryIO) -> tuple[bytes, bool]:
    """The next lines, some 100 KB, and whether the last one is whole."""
    block = stream.read(BLOCK_BYTES)
    if not block or block.endswith(b"\n"):
        return block, True
    rest = stream.readline(BLOCK_BYTES)
    return block + rest, len(rest) < BLOCK_BYTES or rest.endswith(b"\n")


def plain_lines(block: bytes) -> list[bytes] | None:
    """The lines without their ends; None where one is blank or has to be read by its characters."""
    block = block.replace(b"\r\n", b"\n")
    if SPECIAL.search(block) is not None:
        return None
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError:
            return None
    lines = block.removesuffix(b"\n").split(b"\n")
    return None if b"" in lines else lines
