"""One cell of a list as the page shows it; plain text needs none of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Act:
    """A button of one row that posts to `url`; `of` names the row for those who only hear it.

    With `asks` it opens a confirmation that says this: what follows, and whether it can be undone.
    """

    label: str
    url: str
    of: str
    asks: str = ""

    @property
    def dialog(self) -> str:
        """The confirmation's id on the page."""
        return f"ask{self.url.replace('/', '-')}"


@dataclass(frozen=True)
class Cell:
    """`text` with, where given, a link, a badge of `level`, a second line, a mark that it is late.

    A badge of a state is `plain` (no icon); one of a severity has its icon, so that colour is
    never the only sign. `quiet` is for what is read second; `full` is the title of a cut text.
    `post` is an address that a click posts to (opening a notice marks it read); it needs a list
    with bulk acts, whose form the button belongs to. `acts` are buttons of a list with `row_acts`.
    """

    text: Any
    url: str = ""
    level: str = ""
    plain: bool = True
    sub: str = ""
    late: bool = False
    quiet: bool = False
    nowrap: bool = False
    full: str = ""
    post: str = ""
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class ListRow:
    """A row of a list: its cells in the order of the visible columns; `key` is ticked for acts."""

    key: Any
    label: str
    cells: tuple[tuple[str, Cell], ...]
    late: bool = False
    strong: bool = False
