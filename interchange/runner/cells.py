"""The cells of staged files as they stand in the files, for reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.backends.utils import CursorWrapper

Place = tuple[str, int, str]


def cells_at(cursor: CursorWrapper, places: Iterable[Place]) -> dict[Place, str]:
    """The text at (file, line, column); a column that the file does not have is left out."""
    lines: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name, line, column in places:
        lines[name, column].append(line)
    found: dict[Place, str] = {}
    for (name, column), wanted in lines.items():
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attname = %s AND NOT attisdropped)",
            [f"pg_temp.r_{name}", column],
        )
        if cursor.fetchone()[0]:
            cursor.execute(f'SELECT line, "{column}" FROM r_{name} WHERE line = ANY(%s)', [wanted])
            found.update({(name, line, column): text for line, text in cursor.fetchall()})
    return found
