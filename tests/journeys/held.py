"""Answers that a journey keeps waiting, so that the person's hand is quicker than the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Held:
    """Requests of a page to `address` that wait until they are let go, in the order of asking."""

    def __init__(
        self, page: Any, address: str, which: Callable[[Any], bool] = lambda asked: True
    ) -> None:
        self.page, self.which = page, which
        self.waiting: list[Any] = []
        self.holds = True
        page.route(address, self._hold)

    def _hold(self, route: Any) -> None:
        if self.holds and self.which(route.request):
            self.waiting.append(route)
        else:
            route.continue_()

    def until(self, number: int) -> None:
        """Wait for this many to be held."""
        for _ in range(200):
            if len(self.waiting) >= number:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{len(self.waiting)} of {number} requests came")

    def answer(self, place: int = 0) -> None:
        """Let one go on to the server, and wait for its answer."""
        route = self.waiting.pop(place)
        with self.page.expect_event("requestfinished", lambda done: done == route.request):
            route.continue_()

    def let_go(self) -> None:
        """All that wait, and all that come from now on."""
        self.holds = False
        while self.waiting:
            self.waiting.pop(0).continue_()
