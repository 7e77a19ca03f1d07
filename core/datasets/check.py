"""Checks over the staged rows of one or more files, beyond types and references."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A query that gives one row per mistake: file, line, column, reason (Chinese).

    It reads three relations per file: `s_<file>` the staged rows; `d_<file>` the rows of the
    database that matter for the load, with `id`; `v_<file>` both together, a staged row in place
    of the database's, `line` empty for rows of the database. In all of them a cell that could
    not be read is NULL and its column's name is in `bad`; guard with `known` where NULL means
    absent. A row whose line is empty is nobody's mistake to mend in the files: name the staged
    row that brought it about, or leave the line empty and the row is passed over. The check is
    left out when one of the files it `needs` could not be read as a whole.
    """

    needs: tuple[str, ...]
    sql: str


def known(alias: str, *columns: str) -> str:
    """SQL: none of the row's columns held something unreadable."""
    listed = ", ".join(f"'{column}'" for column in columns)
    return f"({alias}.bad IS NULL OR NOT {alias}.bad && ARRAY[{listed}])"


def at(alias: str, file: str, column: str) -> str:
    """SQL: the first three columns of a check, at the row of `alias`."""
    return f"'{file}', {alias}.line, '{column}'"


def at_child_or_parent(child: tuple[str, str, str], parent: tuple[str, str, str]) -> str:
    """SQL: likewise at the child (alias, file, column) if it is staged, else at the parent."""
    (alias, file, column), (other, other_file, other_column) = child, parent
    staged = f"{alias}.line IS NOT NULL"
    return (
        f"CASE WHEN {staged} THEN '{file}' ELSE '{other_file}' END, "
        f"coalesce({alias}.line, {other}.line), "
        f"CASE WHEN {staged} THEN '{column}' ELSE '{other_column}' END"
    )
