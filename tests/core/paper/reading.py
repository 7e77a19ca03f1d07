"""Reads the signs and their places out of a PDF that typst made, without another program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

_PARENTHESES = rb"\((?:\\[\s\S]|[^\\()])*\)"
for _ in range(4):
    # Parentheses that balance stand in a string as they are: two signs' codes may be such a pair.
    _PARENTHESES = rb"\((?:\\[\s\S]|[^\\()]|" + _PARENTHESES + rb")*\)"
_STRING = _PARENTHESES + rb"|<[0-9A-Fa-f]+>"
_TOKEN = re.compile(_STRING + rb"|[\[\]]|/[^\s/\[\]()<>]+|[-+.\d]+|[A-Za-z'\"*]+")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_MAP = re.compile(rb"<([0-9A-F]{4})> <((?:[0-9A-F]{4})+)>")


@dataclass(frozen=True)
class Line:
    """Signs set in one run: where they begin (points from the lower left corner) and how large."""

    x: float
    y: float
    size: float
    codes: str


@dataclass(frozen=True)
class Page:
    runs: tuple[Line, ...]

    def lines(self) -> list[Line]:
        return list(self.runs)

    def text(self) -> str:
        return "".join(run.codes for run in self.runs)


def pages(pdf: bytes) -> list[Page]:
    """The pages in order with their runs of signs in the order of the file."""
    reader = PdfFileReader(BytesIO(pdf))
    return [Page(tuple(_runs(page))) for page in _leaves(reader.root["/Pages"])]


def characters(pdf: bytes) -> str:
    """All that is printed, without spaces."""
    return re.sub(r"\s", "", "".join(page.text() for page in pages(pdf)))


def _leaves(node: Any) -> list[Any]:
    if node["/Type"] == "/Page":
        return [node]
    kids = node["/Kids"]
    return [leaf for number in range(len(kids)) for leaf in _leaves(kids[number])]


def _runs(page: Any) -> list[Line]:
    resources = page["/Resources"]["/Font"]
    fonts = {name: _meanings(resources[name]) for name in resources}
    runs: list[Line] = []
    held: list[tuple[float, ...]] = []
    matrix: tuple[float, ...] = (1, 0, 0, 1, 0, 0)
    operands: list[bytes] = []
    font, size = "", 0.0
    for token in _TOKEN.findall(page["/Contents"].data):
        if not token[:1].isalpha():
            operands.append(token)
            continue
        if token == b"q":
            held.append(matrix)
        elif token == b"Q":
            matrix = held.pop()
        elif token == b"cm":
            matrix = _times(tuple(float(each) for each in operands[-6:]), matrix)
        elif token == b"Tf":
            font, size = operands[-2].decode(), float(operands[-1])
        elif token in (b"TJ", b"Tj"):
            codes = b"".join(_bytes(each) for each in operands if each[:1] in b"(<")
            signs = "".join(
                fonts[font].get(codes[at : at + 2], "") for at in range(0, len(codes), 2)
            )
            runs.append(Line(matrix[4], matrix[5], size, signs))
        operands = []
    return runs


def _meanings(font: Any) -> dict[bytes, str]:
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(sign.decode()).decode("utf-16-be")
        for code, sign in _MAP.findall(font["/ToUnicode"].data)
    }


def _bytes(string: bytes) -> bytes:
    if string[:1] == b"<":
        return bytes.fromhex(string[1:-1].decode())
    return re.sub(
        rb"\\([0-7]{1,3}|[\s\S])",
        lambda found: (
            bytes([int(found[1], 8)]) if found[1].isdigit() else _ESCAPES.get(found[1], found[1])
        ),
        string[1:-1],
    )


def _times(first: tuple[float, ...], then: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = first
    u, v, w, x, y, z = then
    return (a * u + b * w, a * v + b * x, c * u + d * w, c * v + d * x,
            e * u + f * w + y, e * v + f * x + z)  # fmt: skip
