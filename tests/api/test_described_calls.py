"""B-3 by schemathesis: calls made from the description, answers held against it; roles in rotation.

Three examples of each operation (a hundred with `--effort full`) with a fixed seed. What fails is
named with its call. Hostile values beyond the description are `test_hostile_calls`' part.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import response_schema_conformance

from tests.api.test_hostile_calls import people

CHECKS = [not_a_server_error, response_schema_conformance]


def _drawn(examples: int) -> settings:
    return settings(
        max_examples=examples, database=None, deadline=None, derandomize=True,
        phases=(Phase.generate,), suppress_health_check=list(HealthCheck),
    )  # fmt: skip


class _Signed(WSGIRequest):
    """Calls are made with a session's cookie and no page to take a CSRF token from."""

    _dont_enforce_csrf_checks = True


class _Platform(WSGIHandler):
    request_class = _Signed


@pytest.fixture
def platform() -> Iterator[WSGIHandler]:
    """Without what a server does around a request: it would end the test's own transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield _Platform()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def callers(db: None) -> list[tuple[str, dict[str, str]]]:
    """Name and cookies of one of each kind."""
    return [(name, _cookies(client)) for name, client in people()]


def _cookies(client: Client) -> dict[str, str]:
    return {name: morsel.value for name, morsel in client.cookies.items()}


@cache
def _described() -> Any:
    """Read once: making the description costs more than a dozen calls."""
    return schemathesis.openapi.from_wsgi("/api/schema/", _Platform())


def _operations(platform: WSGIHandler) -> Iterator[Any]:
    _described().app = platform
    for found in _described().get_all_operations():
        yield found.ok()


def _failures(operation: Any, cookies: dict[str, str], examples: int = 3) -> list[str]:
    found: list[str] = []

    @_drawn(examples)
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        with transaction.atomic():
            # Generated credentials would be looked at before the session.
            case.headers.pop("Authorization", None)
            answer = case.call(cookies=cookies)
            transaction.set_rollback(True)
        try:
            case.validate_response(answer, checks=CHECKS)
        except (Failure, FailureGroup) as failure:
            found.append(f"{answer.status_code} {case.as_curl_command()} {failure!r}"[:600])

    call()
    return found


@pytest.mark.reliability
def test_every_operation_answers_as_described(
    platform: WSGIHandler,
    callers: list[tuple[str, dict[str, str]]],
    rounds: Callable[[int, int], int],
) -> None:
    wrong, number = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for operation in _operations(platform):
            name, cookies = callers[number % len(callers)]
            number += 1
            wrong += [f"{name}: {text}" for text in _failures(operation, cookies, rounds(3, 100))]
    assert wrong == [], "\n\n".join(wrong)
    assert number > 150


def test_control_a_fault_is_seen(
    platform: WSGIHandler,
    callers: list[tuple[str, dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("organisations.api.viewsets.visible_pools", broken)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (pools,) = (one for one in _operations(platform) if one.path == "/api/v1/pools/")
        assert _failures(pools, callers[0][1])
