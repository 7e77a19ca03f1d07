"""The files as they were handed in, with a last column that says what is wrong with each row."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from interchange.runner.records import BOM, BrokenFile, records
from interchange.runner.report import Problem

COLUMN = "错误说明"
LIST = "错误清单.txt"


def write_marked_copy(
    folder: Path, problems: Sequence[Problem], target: Path, *, more: bool
) -> None:
    """A zip of the files that have mistakes, each row's in the column 错误说明, and a list of all.

    A file that cannot be read as CSV (another encoding, an open quote) is in the list only.
    """
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_file[problem.file].append(problem)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(LIST, BOM + _list(problems, more).encode())
        for name, found in by_file.items():
            path = folder / f"{name}.csv"
            if path.is_file() and _can_be_read(path):
                _write_file(packed, path, found)


def _list(problems: Sequence[Problem], more: bool) -> str:
    lines = [str(problem) for problem in problems]
    if more:
        lines.append(f"只列出前 {len(lines)} 处错误，改正后再上传会列出其余的")
    return "\r\n".join(lines) + "\r\n"


def _can_be_read(path: Path) -> bool:
    with path.open("rb") as stream:
        try:
            for _ in records(stream):
                pass
        except BrokenFile:
            return False
    return True


def _write_file(packed: zipfile.ZipFile, path: Path, problems: Sequence[Problem]) -> None:
    said: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        said[problem.line].append(
            f"{problem.column}：{problem.reason}" if problem.column else problem.reason
        )
    with path.open("rb") as stream, packed.open(path.name, "w", force_zip64=True) as kept:
        text = io.TextIOWrapper(kept, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text, lineterminator="\r\n")
        header = True
        for record in records(stream):
            # The file as a whole is told in the header, beside what is wrong with the header.
            own = said[record.line] + (said[0] if header else [])
            mark = "；".join([COLUMN, *own] if header else own)
            writer.writerow([*record.cells, mark])
            header = False
        text.detach()
