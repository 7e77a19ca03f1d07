"""The staged rows of a file beside the database's: what is there, what is new, what changes."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from core.datasets import DatasetFile
from interchange.runner.kinds import TYPES
from interchange.runner.staging import same_key


def beside_database(cursor: CursorWrapper, file: DatasetFile, *, staged: bool) -> None:
    """Make d_, v_, n_ and u_ of one file; `staged`: the folder has rows of it.

    The fewer rows there are to compare, the plainer the relations: of a file without rows the
    database's are looked up where they stand, with their own indexes and statistics.
    """
    if not staged and not file.narrow:
        _of_absent(cursor, file)
        return
    names = _names(file)
    same = same_key(file, "s", "d")
    cursor.execute(f"""
        CREATE TEMP TABLE d_{file.name} ON COMMIT DROP AS
        SELECT NULL::integer AS line, NULL::text[] AS bad, d.id, s.line IS NOT NULL AS staged,
               {_listed(names, "d")}
        FROM (SELECT q.id, {_listed(names, "q")} FROM ({file.select}) q {file.narrow}) d
        LEFT JOIN s_{file.name} s ON {same}
    """)
    if not cursor.rowcount:
        _of_new(cursor, file)
        return
    cursor.execute(f"""
        ANALYZE d_{file.name};
        CREATE TEMP VIEW v_{file.name} AS
        SELECT s.line, s.bad, {_listed(names, "s")} FROM s_{file.name} s
        UNION ALL
        SELECT d.line, d.bad, {_listed(names, "d")} FROM d_{file.name} d WHERE NOT d.staged;
        CREATE TEMP VIEW n_{file.name} AS
        SELECT s.line, {_listed(names, "s")} FROM s_{file.name} s
        WHERE NOT EXISTS (SELECT FROM d_{file.name} d WHERE {same});
        CREATE TEMP TABLE u_{file.name} ON COMMIT DROP AS
        SELECT s.line, d.id, {_listed(names, "s")}
        FROM s_{file.name} s JOIN d_{file.name} d ON {same}
        WHERE {_differs(file)};
        ANALYZE u_{file.name}
    """)


def _of_absent(cursor: CursorWrapper, file: DatasetFile) -> None:
    listed = _listed(_names(file), "q")
    cursor.execute(f"""
        CREATE TEMP VIEW d_{file.name} AS
        SELECT NULL::integer AS line, NULL::text[] AS bad, q.id, false AS staged, {listed}
        FROM ({file.select}) q;
        CREATE TEMP VIEW v_{file.name} AS
        SELECT q.line, q.bad, {listed} FROM d_{file.name} q;
        {_nothing_to_update(file)}
    """)


def _of_new(cursor: CursorWrapper, file: DatasetFile) -> None:
    """Where the database has none of the rows: all that is staged is new."""
    listed = _listed(_names(file), "s")
    cursor.execute(f"""
        CREATE TEMP VIEW v_{file.name} AS
        SELECT s.line, s.bad, {listed} FROM s_{file.name} s;
        {_nothing_to_update(file)}
    """)


def _nothing_to_update(file: DatasetFile) -> str:
    columns = ", ".join(f'"{column.name}" {TYPES[column.kind]}' for column in file.columns)
    return f"""
        CREATE TEMP VIEW n_{file.name} AS
        SELECT s.line, {_listed(_names(file), "s")} FROM s_{file.name} s;
        CREATE TEMP TABLE u_{file.name} (line integer, id bigint, {columns}) ON COMMIT DROP
    """


def _names(file: DatasetFile) -> list[str]:
    return [f'"{column.name}"' for column in file.columns]


def _listed(names: list[str], alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def _differs(file: DatasetFile) -> str:
    """SQL: some column beside the key differs between `s` and `d`."""
    others = [f'"{column.name}"' for column in file.columns if not column.key]
    if not others:
        return "false"
    return f"({_listed(others, 's')}) IS DISTINCT FROM ({_listed(others, 'd')})"
