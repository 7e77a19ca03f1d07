"""What organisations tells the inbox, which stands above it: the inbox plugs itself in at start.

Registrations, changes and handovers make 待办 and notices. organisations may not import inbox, so
it names here what it needs, and `inbox.apps` gives it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from organisations.models import User


class Board(Protocol):
    """待办 and notices of organisations."""

    def put(
        self, *, organisation_id: int, act: str, title: str, object_type: str, object_key: str,
        url: str, roles: tuple[str, ...], due_at: datetime | None, at: datetime,
    ) -> None: ...  # fmt: skip

    def take_away(self, *, object_type: str, object_key: str, at: datetime) -> None: ...

    def tell(
        self, *, organisation_id: int, key: str, title: str, body: str, url: str, at: datetime
    ) -> None: ...

    def hand_over(self, *, from_id: int, to_id: int | None, at: datetime) -> int: ...

    def hand_over_drafts(self, *, from_user: User, to_user: User) -> int: ...


class NoBoard(RuntimeError):
    """The inbox is not installed; a programmer's mistake."""


_boards: list[Board] = []


def use_board(board: Board) -> None:
    """Called once by the inbox."""
    _boards[:] = [board]


def board() -> Board:
    """The inbox; raises NoBoard where nobody plugged one in."""
    if not _boards:
        raise NoBoard("no inbox is plugged in")
    return _boards[0]
