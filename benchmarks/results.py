"""What was measured against which target, as one table."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One comparison. Without a target it is shown for understanding and cannot miss."""

    code: str
    what: str
    ours: str
    baseline: str
    ratio: float | None
    target: float | None
    note: str = ""

    @property
    def missed(self) -> bool:
        return self.target is not None and (self.ratio is None or self.ratio > self.target)

    @property
    def verdict(self) -> str:
        if self.target is None:
            return "—"
        return "未达标" if self.missed else "达标"

    def cells(self) -> list[str]:
        return [
            self.code, self.what, self.ours, self.baseline, _number(self.ratio),
            "" if self.target is None else f"≤ {_number(self.target)}", self.verdict,
        ]  # fmt: skip


HEAD = ["目标", "比较", "平台", "对照", "比值", "要求", "结论"]


def table(results: list[Result]) -> str:
    """The table, with each result's note below it."""
    rows = [HEAD, *(result.cells() for result in results)]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [_line(rows[0], widths), "  ".join("-" * width for width in widths)]
    for result, row in zip(results, rows[1:], strict=True):
        lines.append(_line(row, widths))
        lines.extend(f"      {note}" for note in result.note.splitlines())
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return "?"
    return f"{value:.4f}" if value < 0.1 else f"{value:.2f}"


def _line(cells: list[str], widths: list[int]) -> str:
    padded = (
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
