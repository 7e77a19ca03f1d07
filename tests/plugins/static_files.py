"""Static files are looked at once a run, not by each new client of Django's.

Each client makes its own chain of middleware, and whitenoise reads every file's size and hour while
it is made; that takes longer than a light request.
"""

from typing import Any

import pytest
from whitenoise.middleware import WhiteNoiseMiddleware


def pytest_configure(config: pytest.Config) -> None:
    look: Any = WhiteNoiseMiddleware.add_files_from_finders
    seen: dict[str, Any] = {}

    def look_once(self: WhiteNoiseMiddleware) -> None:
        if not seen:
            look(self)
            seen.update(self.files)
        self.files.update(seen)

    WhiteNoiseMiddleware.add_files_from_finders = look_once  # type: ignore[method-assign]
