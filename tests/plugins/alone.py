"""`-m alone` reads only the files that have such tests: reading all of them takes longer than these."""

from __future__ import annotations

from pathlib import Path

import pytest

MARK = "mark.alone"


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if config.option.markexpr != "alone" or not collection_path.match("test_*.py"):
        return None
    return MARK not in collection_path.read_text(encoding="utf-8") or None
