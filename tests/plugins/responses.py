"""Answers in pieces are closed at the end of the test that asked for them, as a server does.

Django's client closes such an answer when its last piece is read. A test that looks at the status
or a header alone would leave the file behind it open, until the collector finds it in another test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http.response import StreamingHttpResponse
from django.test.client import ClientHandler

_open: list[StreamingHttpResponse] = []


def pytest_configure(config: pytest.Config) -> None:
    answer: Any = ClientHandler.__call__

    def answer_and_remember(self: ClientHandler, environ: dict[str, Any]) -> Any:
        response = answer(self, environ)
        if response.streaming:
            _open.append(response)
        return response

    ClientHandler.__call__ = answer_and_remember  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    try:
        return (yield)
    finally:
        close_answers()


def close_answers() -> int:
    """Close what is still open, without the connections of the test; how many that were."""
    closed = 0
    request_finished.disconnect(close_old_connections)
    try:
        while _open:
            response = _open.pop()
            if not response.closed:
                response.close()
                closed += 1
    finally:
        request_finished.connect(close_old_connections)
    return closed
