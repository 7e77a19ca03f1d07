"""What a checked folder would change: counts, the first rows of each kind, and a print of it all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper

from core.datasets import DatasetFile
from interchange.files import FILES
from interchange.runner.kinds import write
from interchange.runner.report import FileCounts
from interchange.runner.staging import same_key

FIRST_ROWS = 5


@dataclass(frozen=True)
class FilePreview:
    """One file: how many rows of each kind, the first new ones, and what changes in the first.

    `new` holds (line, cells in the order of `columns`); `changed` (line, key, [(column, before,
    after)]).
    """

    name: str
    created: int
    updated: int
    unchanged: int
    columns: tuple[str, ...]
    new: list[tuple[int, list[str]]]
    changed: list[tuple[int, str, list[tuple[str, str, str]]]]


@dataclass(frozen=True)
class Preview:
    """`print` is equal for two checks that would write the same over the same."""

    files: list[FilePreview]
    print: str

    @property
    def totals(self) -> dict[str, int]:
        """Rows of all files that are new, changed and unchanged."""
        return {
            "created": sum(file.created for file in self.files),
            "updated": sum(file.updated for file in self.files),
            "unchanged": sum(file.unchanged for file in self.files),
        }

    def as_json(self) -> dict[str, Any]:
        """Plain lists and texts, as kept with the import."""
        return asdict(self)


def preview_of(cursor: CursorWrapper, counted: dict[str, FileCounts]) -> Preview:
    """Read the staged rows of the files given; nothing is written."""
    files = [_file(cursor, file, counted[file.name]) for file in FILES if file.name in counted]
    marks = [_mark(cursor, file, counted[file.name]) for file in FILES if file.name in counted]
    return Preview(files=files, print=";".join(marks))


def _file(cursor: CursorWrapper, file: DatasetFile, counts: FileCounts) -> FilePreview:
    return FilePreview(
        name=file.name,
        created=counts.created,
        updated=counts.updated,
        unchanged=counts.unchanged,
        columns=tuple(column.name for column in file.columns),
        new=_new(cursor, file) if counts.created else [],
        changed=_changed(cursor, file) if counts.updated else [],
    )


def _new(cursor: CursorWrapper, file: DatasetFile) -> list[tuple[int, list[str]]]:
    cells = ", ".join(_text(file, "n", column.name) for column in file.columns)
    cursor.execute(
        f"SELECT n.line, {cells} FROM n_{file.name} n ORDER BY n.line LIMIT {FIRST_ROWS}"
    )
    return [(row[0], list(row[1:])) for row in cursor.fetchall()]


def _changed(
    cursor: CursorWrapper, file: DatasetFile
) -> list[tuple[int, str, list[tuple[str, str, str]]]]:
    others = [column.name for column in file.columns if not column.key]
    key = " || ' · ' || ".join(_text(file, "u", name) for name in file.keys)
    before = ", ".join(_text(file, "d", name) for name in others)
    after = ", ".join(_text(file, "u", name) for name in others)
    cursor.execute(
        f"SELECT u.line, {key}, {before}, {after} FROM u_{file.name} u"
        f" JOIN d_{file.name} d ON {same_key(file, 'u', 'd')} ORDER BY u.line LIMIT {FIRST_ROWS}"
    )
    found = []
    for line, name, *cells in cursor.fetchall():
        pairs = zip(others, cells[: len(others)], cells[len(others) :], strict=True)
        found.append((line, name, [(column, a, b) for column, a, b in pairs if a != b]))
    return found


def _text(file: DatasetFile, alias: str, name: str) -> str:
    return f"coalesce({write(file.column(name), f'{alias}.{chr(34)}{name}{chr(34)}')}, '')"


def _mark(cursor: CursorWrapper, file: DatasetFile, counts: FileCounts) -> str:
    """Sums of hashes, so that neither order nor memory matters."""
    parts = [file.name, str(counts.created), str(counts.updated), str(counts.unchanged)]
    if counts.created:
        cursor.execute(f"SELECT sum(hashtextextended(n::text, 0)::numeric) FROM n_{file.name} n")
        parts.append(str(cursor.fetchone()[0]))
    if counts.updated:
        cursor.execute(
            f"SELECT sum(hashtextextended(u::text || d::text, 0)::numeric) FROM u_{file.name} u"
            f" JOIN d_{file.name} d ON {same_key(file, 'u', 'd')}"
        )
        parts.append(str(cursor.fetchone()[0]))
    return ":".join(parts)
