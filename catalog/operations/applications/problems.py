"""Why an application could not be kept: every problem by its field."""

from __future__ import annotations

from collections.abc import Mapping

from core.transitions import MissingInput


class WrongApplication(MissingInput):
    """`problems` are Chinese reasons by field code; '' stands for the whole."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        field, reason = next(iter(problems.items()))
        super().__init__(field or "kind", reason)
        self.problems = dict(problems)
