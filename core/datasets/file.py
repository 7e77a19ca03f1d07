"""One CSV file of the dataset: its columns, references, checks, and how it meets the tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.datasets.check import Check
from core.datasets.column import Column


@dataclass(frozen=True)
class Reference:
    """Columns that name a row of another file (or of the database).

    `path` lists shorter prefixes of `columns` with their files: of (order_no, line_no,
    delivery_no) first the order is looked for, then the line, so that the report names the
    column that leads nowhere.
    """

    columns: tuple[str, ...]
    target: str
    keys: tuple[str, ...]
    what: str
    path: tuple[Reference, ...] = ()


def refers(column: str, target: str, key: str, what: str) -> Reference:
    """A reference by one column; `what` names the target in Chinese."""
    return Reference((column,), target, (key,), what)


@dataclass(frozen=True)
class DatasetFile:
    """A file of the dataset.

    `select` gives the live rows in the file's own columns (typed, absent = NULL), and `id`;
    `narrow` is appended to it when loading, to leave out what the load cannot touch; empty: all.
    `inserts` read `n_<name>` (staged rows that are new); together they insert each once.
    `updates` read `u_<name>` (staged rows that differ, with the `id` of the live row); the last
    one updates each once, those before it make room. Both may read `stamp`, the ids and regions
    of institutions. `after` runs when something of the file was created or updated.
    """

    name: str
    label: str
    columns: tuple[Column, ...]
    select: str
    inserts: tuple[str, ...]
    updates: tuple[str, ...] = ()
    narrow: str = ""
    references: tuple[Reference, ...] = ()
    checks: tuple[Check, ...] = ()
    after: tuple[str, ...] = ()
    # Below, the names of columns by role, worked out once.
    keys: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", tuple(c.name for c in self.columns if c.key))

    @property
    def file_name(self) -> str:
        return f"{self.name}.csv"

    def column(self, name: str) -> Column:
        """The declared column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
