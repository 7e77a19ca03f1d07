"""The fonts of papers: those that come with the platform and those that the site has put beside them."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

OWN = Path(__file__).with_name("fonts")
_SUFFIXES = {".ttf", ".otf", ".ttc"}
_SPACES = {ord(each) for each in "\n\r\t\u00a0\u2002\u2003\u2009\u3000\ufeff\u200b"}


def font_folders() -> tuple[Path, ...]:
    """Ours first; then the site's (PAPER_FONTS_DIR), whose official fonts win by their names."""
    site = str(settings.PAPER_FONTS_DIR)
    return (OWN, Path(site)) if site else (OWN,)


def unprintable(content: Any) -> str:
    """The characters in the texts of `content` that no installed font has, in order, each once."""
    starts, ends = _covered(font_folders())
    found: dict[str, None] = {}
    for text in _texts(content):
        for each in text:
            code = ord(each)
            place = bisect_right(starts, code) - 1
            if (place < 0 or code > ends[place]) and code not in _SPACES:
                found[each] = None
    return "".join(found)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


@cache
def _covered(folders: tuple[Path, ...]) -> tuple[list[int], list[int]]:
    """Ranges of characters that any font of the folders has, merged and sorted."""
    ranges: list[tuple[int, int]] = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in _SUFFIXES:
                ranges += _ranges(path)
    starts: list[int] = []
    ends: list[int] = []
    for start, end in sorted(ranges):
        if ends and start <= ends[-1] + 1:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _ranges(path: Path) -> list[tuple[int, int]]:
    """What the character map of a font file covers (its format 4 and 12 tables)."""
    with path.open("rb") as stream:
        font = stream.read()
    begins = 0
    if font[:4] == b"ttcf":
        (begins,) = struct.unpack_from(">I", font, 12)
    (tables,) = struct.unpack_from(">H", font, begins + 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, begins + 12 + 16 * number)
        if tag == b"cmap":
            return _of_map(font, offset)
    return []


def _of_map(font: bytes, cmap: int) -> list[tuple[int, int]]:
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    ranges: list[tuple[int, int]] = []
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, cmap + 4 + 8 * number + 4)
        table = cmap + offset
        (kind,) = struct.unpack_from(">H", font, table)
        if kind == 12:
            (groups,) = struct.unpack_from(">I", font, table + 12)
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", font, table + 16 + 12 * group)
                ranges.append((first, last))
        elif kind == 4:
            ranges += _of_segments(font, table)
    return ranges


def _of_segments(font: bytes, table: int) -> list[tuple[int, int]]:
    (doubled,) = struct.unpack_from(">H", font, table + 6)
    segments = doubled // 2
    ends = struct.unpack_from(f">{segments}H", font, table + 14)
    starts = struct.unpack_from(f">{segments}H", font, table + 16 + doubled)
    return [(a, b) for a, b in zip(starts, ends, strict=True) if a <= b and a != 0xFFFF]
