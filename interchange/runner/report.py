"""What a load says of itself: mistakes by file and line, and what was created and changed."""

from __future__ import annotations

from dataclasses import dataclass, field

from interchange.files import POSITIONS

MOST_PROBLEMS = 1000
MOST_CHARACTERS = 120


@dataclass(frozen=True)
class Problem:
    """One mistake in one cell; line 0 is the file as a whole, 1 its header."""

    file: str
    line: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        name = self.file if "." in self.file else f"{self.file}.csv"
        return f"{name}:{self.line}: {self.column}: {shown(self.value)}: {self.reason}"


def shown(value: str) -> str:
    """A cell on one line and of bounded length; nothing else is changed."""
    escaped = value.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t")
    if len(escaped) > MOST_CHARACTERS:
        return f"{escaped[:MOST_CHARACTERS]}…"
    return escaped


class Problems:
    """Mistakes as they are found; gives the first thousand by file and line, one per cell."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, str], Problem] = {}

    def add(self, problem: Problem) -> None:
        """Keep a mistake, unless its cell has one already."""
        self._found.setdefault((problem.file, problem.line, problem.column), problem)

    def __bool__(self) -> bool:
        return bool(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def first(self) -> tuple[Problem, ...]:
        """Up to a thousand, in the order of the files (others last) and of their lines."""
        ordered = sorted(
            self._found.values(),
            key=lambda p: (POSITIONS.get(p.file, len(POSITIONS)), p.file, p.line),
        )
        return tuple(ordered[:MOST_PROBLEMS])


@dataclass(frozen=True)
class FileCounts:
    """How many rows of one file were new, changed, or already there."""

    name: str
    created: int
    updated: int
    unchanged: int


@dataclass
class LoadReport:
    """The outcome: either problems and nothing written, or the counts of every file present."""

    problems: tuple[Problem, ...] = ()
    more_problems: bool = False
    files: list[FileCounts] = field(default_factory=list)
    dry_run: bool = False

    @property
    def accepted(self) -> bool:
        return not self.problems

    @property
    def created(self) -> int:
        return sum(file.created for file in self.files)

    @property
    def updated(self) -> int:
        return sum(file.updated for file in self.files)

    @property
    def unchanged(self) -> int:
        return sum(file.unchanged for file in self.files)

    @property
    def totals(self) -> str:
        """`N created, N updated, N unchanged` over all files."""
        return f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged"


class LoadFailed(Exception):
    """The load could not be carried out, for a reason outside the files; the text is Chinese."""
