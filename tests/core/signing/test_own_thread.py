"""Signing and verifying where an event loop runs already, as in an asynchronous server."""

from __future__ import annotations

import asyncio

import pytest

from core.signing import verify_pdf
from core.signing.own_thread import in_own_thread


def test_a_pdf_is_verified_inside_a_running_loop() -> None:
    async def ask() -> bool:
        return verify_pdf(b"%PDF-1.7", trust_roots=[]).good

    assert asyncio.run(ask()) is False


def test_what_a_call_raises_is_raised_to_its_caller() -> None:
    @in_own_thread
    def fails() -> None:
        asyncio.run(asyncio.sleep(0))
        raise ValueError("所说的原因")

    async def ask() -> None:
        fails()

    with pytest.raises(ValueError, match="所说的原因"):
        asyncio.run(ask())
