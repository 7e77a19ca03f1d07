"""RFC 4180 records out of a stream of bytes, with the physical line on which each begins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import AnyStr, BinaryIO

MOST_BYTES = 1_000_000
BOM = b"\xef\xbb\xbf"
SPECIAL = re.compile(rb'["\\\t\r\x00]')


class BrokenFile(Exception):
    """The file cannot be read on from here; `line` is 0 where that is so of all of it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class Record:
    """One record: its line, its cells, and why it breaks the format, if it does.

    `plain` is the record's undecoded text where its cells hold no quote, backslash, tab, carriage
    return or NUL, so that it can be passed on without looking at the cells.
    """

    __slots__ = ("_cells", "line", "plain", "wrong")

    def __init__(
        self, line: int, plain: bytes | None, cells: list[str] | None, wrong: str = ""
    ) -> None:
        self.line = line
        self.plain = plain
        self.wrong = wrong
        self._cells = cells

    @property
    def cells(self) -> list[str]:
        if self._cells is None:
            self._cells = (self.plain or b"").decode().split(",")
        return self._cells


class Lines:
    """The physical lines of a stream, counted."""

    __slots__ = ("number", "stream")

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.number = 0

    def next(self) -> bytes:
        """The next line with its end; empty after the last one, cut short where it is too long."""
        line = self.stream.readline(MOST_BYTES + 1)
        self.number += bool(line)
        return line


def records(stream: BinaryIO) -> Iterator[Record]:
    """Every record that is not a blank line.

    Raises BrokenFile for what is not UTF-8, for a quote that is never closed and for a record
    of more than a million bytes.
    """
    lines = Lines(stream)
    while (record := next_record(lines)) is not None:
        yield record


def next_record(lines: Lines) -> Record | None:
    """The record that begins on the next line that is not blank; None at the end."""
    while raw := lines.next():
        number = lines.number
        if number == 1 and raw.startswith(BOM):
            raw = raw[len(BOM) :]
        body = without_line_end(raw, number)
        if not body:
            continue
        if not body.isascii():
            require_utf8(body, number)
        if SPECIAL.search(body) is None:
            return Record(number, body, None)
        return _special_record(lines, raw, body)
    return None


def _special_record(lines: Lines, raw: bytes, body: bytes) -> Record:
    """In time that grows with the record: its lines are joined once, and each is looked at once."""
    begins = lines.number
    parts, size = [body], len(body)
    is_open = b'"' in body and ends_in_quotes(body)
    while is_open:
        more = lines.next()
        if not more:
            raise BrokenFile(begins, "引号没有成对：从这一行开始的字段直到文件末尾都没有结束的引号")
        following = without_line_end(more, lines.number)
        if not following.isascii():
            require_utf8(following, lines.number)
        if size + len(following) > MOST_BYTES:
            raise BrokenFile(begins, "一条记录超过 100 万字节，请检查这一行的引号是否成对")
        line_end = b"\r\n" if raw.endswith(b"\r\n") else b"\n"
        parts += (line_end, following)
        size += len(line_end) + len(following)
        raw = more
        if b'"' in more:
            is_open = ends_in_quotes(following, begins_in_quotes=True)
    return quoted_record(begins, b"".join(parts).decode())


def without_line_end(raw: bytes, number: int) -> bytes:
    """The line without LF or CR LF."""
    if raw.endswith(b"\r\n"):
        return raw[:-2]
    if raw.endswith(b"\n"):
        return raw[:-1]
    if len(raw) > MOST_BYTES:
        raise BrokenFile(number, "一行超过 100 万字节，不是可加载的 CSV")
    return raw


def require_utf8(body: bytes, number: int) -> None:
    """Raises BrokenFile with the way to UTF-8."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        try:
            body.decode("gb18030")
        except UnicodeDecodeError:
            what = "不是 UTF-8 编码"
        else:
            what = "不是 UTF-8 编码，像是 GBK"
        raise BrokenFile(
            0,
            f"文件{what}（第 {number} 行起）：请在 Excel 中“另存为”选择“CSV UTF-8（逗号分隔）”，"
            "或在记事本中“另存为”时编码选择 UTF-8，再加载",
        ) from None


def ends_in_quotes(body: bytes, *, begins_in_quotes: bool = False) -> bool:
    """Whether a quoted cell goes on after this text: only a quote at a cell's start opens one."""
    position, size = 0, len(body)
    inside = begins_in_quotes
    while position < size or inside:
        if inside or body[position] == 0x22:
            position = end_of_quoted(body, -1 if inside else position, b'"')
            if position < 0:
                return True
            inside = False
        comma = body.find(b",", position)
        if comma < 0:
            return False
        position = comma + 1
    return False


def end_of_quoted(body: AnyStr, opening: int, mark: AnyStr) -> int:
    """The place after the closing quote of the cell that opens there; -1 when it does not close."""
    position = opening + 1
    while True:
        quote = body.find(mark, position)
        if quote < 0:
            return -1
        if body[quote + 1 : quote + 2] != mark:
            return quote + 1
        position = quote + 2


def quoted_record(line: int, body: str) -> Record:
    """Split by RFC 4180; says what breaks it, and gives the cells as far as they can be told."""
    cells: list[str] = []
    wrong = ""
    position = 0
    while True:
        if body[position : position + 1] == '"':
            end = end_of_quoted(body, position, '"')
            cell = body[position + 1 : end - 1].replace('""', '"')
            comma = body.find(",", end)
            if body[end : comma if comma >= 0 else None]:
                wrong = wrong or "结束引号之后应是逗号或行末：字段内的引号要写成两个引号"
        else:
            comma = body.find(",", position)
            cell = body[position : comma if comma >= 0 else None]
            if '"' in cell:
                wrong = wrong or "字段内有引号：整个字段要用引号括起，其中的引号写成两个引号"
            if "\r" in cell:
                wrong = (
                    wrong or "字段内有单独的回车符：行末应为 LF 或 CR LF，字段内换行要用引号括起"
                )
        if "\0" in cell:
            wrong = wrong or "含有空字符（NUL），请删除后再加载"
        cells.append(cell)
        if comma < 0:
            return Record(line, None, cells, wrong)
        position = comma + 1
