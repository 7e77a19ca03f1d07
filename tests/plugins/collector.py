"""Python's collector looks less often: what was imported stays to the end of the run anyway."""

from __future__ import annotations

import gc

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """By default each 700 new objects are searched for cycles; a page makes many times more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
