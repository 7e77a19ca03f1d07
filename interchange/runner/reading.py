"""One file of the folder: its header, and its rows as a stream for COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from core.datasets import DatasetFile
from interchange.runner.records import BrokenFile, Record
from interchange.runner.report import MOST_PROBLEMS, Problem
from interchange.runner.runs import Run, runs
from interchange.runner.shapes import shape_of

CHUNK_BYTES = 1 << 17
TICK_ROWS = 250_000
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": None})


class SourceFile:
    """A CSV file being read once, from its header on.

    `problems` gathers what is wrong with its shape; `readable` is False where rows are missing
    because of it, so that nothing may be concluded from what is not there. `doubtful` counts the
    rows that are still to be looked at, cell by cell.
    """

    def __init__(self, file: DatasetFile, path: Path) -> None:
        self.file = file
        self.path = path
        self.problems: list[Problem] = []
        self.readable = True
        self.columns: list[str] = []
        self.rows = 0
        self.doubtful = 0
        self._width = 0
        self._places: list[int] = []

    def open(self) -> Iterator[Record | Run]:
        """Read the header; the records after it are still to be drawn."""
        drawn = self._draw()
        header = next(drawn, None)
        if not isinstance(header, Record):
            if self.readable:
                self._refuse(0, "", "文件是空的：第一行应为表头")
            return iter(())
        self._read_header(header)
        if not self.readable:
            # What cannot be read at all is said instead of what its header lacks.
            for _ in drawn:
                pass
        return drawn

    def copy_stream(self, drawn: Iterator[Record | Run], tick: Callable[[int], None]) -> CopyStream:
        """The rows in COPY's text format: line, broken, and the known columns of the header.

        `broken` is NULL for a row that is right for certain, and false for one to be looked at.
        """
        return CopyStream(self._lines(drawn, tick))

    def _draw(self) -> Iterator[Record | Run]:
        try:
            with self.path.open("rb") as stream:
                yield from self._draw_from(stream)
        except OSError as error:
            self._refuse(0, "", f"无法读取文件：{error.strerror or error}")

    def _draw_from(self, stream: BinaryIO) -> Iterator[Record | Run]:
        try:
            yield from runs(stream)
        except BrokenFile as broken:
            self._refuse(broken.line, "", broken.reason)

    def _refuse(self, line: int, column: str, reason: str, value: str = "") -> None:
        self.readable = False
        if line == 0:
            self.problems.clear()
        self.problems.append(Problem(self.file.name, line, column, value, reason))

    def _read_header(self, header: Record) -> None:
        names = header.cells
        self._width = len(names)
        known = {column.name for column in self.file.columns}
        if header.wrong:
            self._refuse(header.line, "", header.wrong)
        for place, name in enumerate(names):
            if name not in known:
                reason = f"没有这一列：本文件的列是 {'、'.join(c.name for c in self.file.columns)}"
                self.problems.append(Problem(self.file.name, header.line, name, "", reason))
            elif name in self.columns:
                reason = "这一列出现了两次，请删去一列"
                self.problems.append(Problem(self.file.name, header.line, name, "", reason))
            else:
                self.columns.append(name)
                self._places.append(place)
        for column in self.file.columns:
            if not column.optional and column.name not in self.columns:
                self._refuse(header.line, column.name, "缺少这一列：它是必需的，请在表头补上")

    def _lines(self, drawn: Iterator[Record | Run], tick: Callable[[int], None]) -> Iterator[bytes]:
        columns = [self.file.column(name) for name in self.columns]
        # With a column too many there is no telling by the line.
        shape = shape_of(columns).fullmatch if len(columns) == self._width else _never
        for one in drawn:
            if isinstance(one, Record):
                yield self._row(one, shape)
            elif all(map(shape, one.lines)):
                yield one.copy_rows()
            else:
                yield from (self._row(record, shape) for record in one.records())
            self._count(len(one.lines) if isinstance(one, Run) else 1, tick)

    def _row(self, record: Record, shape: Callable[[bytes], object]) -> bytes:
        plain = record.plain
        if plain is not None and shape(plain):
            return b"%d\t\\N\t%b\n" % (record.line, plain.replace(b",", b"\t"))
        return self._line(record)

    def _count(self, rows: int, tick: Callable[[int], None]) -> None:
        before, self.rows = self.rows, self.rows + rows
        if before // TICK_ROWS != self.rows // TICK_ROWS:
            tick(self.rows)

    def _line(self, record: Record) -> bytes:
        self.doubtful += 1
        cells = record.cells
        wrong = record.wrong
        if not wrong and len(cells) != self._width:
            wrong = f"这一行有 {len(cells)} 个字段，表头有 {self._width} 个：请检查逗号和引号"
        if wrong and len(self.problems) <= MOST_PROBLEMS:
            self.problems.append(Problem(self.file.name, record.line, "", "", wrong))
        cells += [""] * (self._width - len(cells))
        kept = "\t".join(cells[place].translate(ESCAPES) for place in self._places)
        return f"{record.line}\t{'t' if wrong else 'f'}\t{kept}\n".encode()


def _never(line: bytes) -> None:
    """No line is right by its look alone."""


class CopyStream:
    """What psycopg2's copy_expert reads from: bytes in chunks out of an iterator of lines."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._left = b""

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """Up to `size` bytes; empty at the end."""
        if not self._left:
            gathered: list[bytes] = []
            length = 0
            for line in self._lines:
                gathered.append(line)
                length += len(line)
                if length >= CHUNK_BYTES:
                    break
            self._left = b"".join(gathered)
        given, self._left = self._left[:size], self._left[size:]
        return given
