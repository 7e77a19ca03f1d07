"""Signing and verifying where an event loop runs already, as in an asynchronous server."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from core.signing import verify_pdf
from core.signing.own_thread import in_own_thread

T = TypeVar("T")


def in_a_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """What it returns or raises in a loop of its own; Playwright's may run in this thread."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def test_a_pdf_is_verified_inside_a_running_loop() -> None:
    async def ask() -> bool:
        return verify_pdf(b"%PDF-1.7", trust_roots=[]).good

    assert in_a_loop(ask()) is False


def test_what_a_call_raises_is_raised_to_its_caller() -> None:
    @in_own_thread
    def fails() -> None:
        asyncio.run(asyncio.sleep(0))
        raise ValueError("所说的原因")

    async def ask() -> None:
        fails()

    with pytest.raises(ValueError, match="所说的原因"):
        in_a_loop(ask())


def test_the_two_above_mean_something_beside_a_loop_of_this_thread() -> None:
    """Without a thread of its own the call fails in a running loop, and a test beside one too."""

    async def ask() -> None:
        waiting = asyncio.sleep(0)
        try:
            asyncio.run(waiting)
        finally:
            waiting.close()

    with pytest.raises(RuntimeError, match="running event loop"):
        in_a_loop(ask())

    async def beside() -> bool:
        return in_a_loop(asyncio.sleep(0, True))

    assert in_a_loop(beside()) is True
