"""Errors of the API and pages: which status, which words, what is down."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from kombu.exceptions import OperationalError as BrokerError

from core.api.outages import BROKER, BUSY, DATABASE, TOO_LONG, outage_of
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db


class _Cause(Exception):
    def __init__(self, pgcode: str | None) -> None:
        self.pgcode = pgcode


def _database_error(pgcode: str | None) -> OperationalError:
    error = OperationalError("x")
    error.__cause__ = _Cause(pgcode)
    return error


@pytest.mark.parametrize(
    ("error", "outage"),
    [
        (_database_error(None), DATABASE),
        (_database_error("57P01"), DATABASE),
        (_database_error("08006"), DATABASE),
        (_database_error("53300"), DATABASE),
        (_database_error("57014"), TOO_LONG),
        (_database_error("55P03"), BUSY),
        (_database_error("40001"), BUSY),
        (InterfaceError("closed"), DATABASE),
        (BrokerError("gone"), BROKER),
        (ValueError("x"), None),
    ],
)
def test_outage_of(error: Exception, outage: object) -> None:
    assert outage_of(error) is outage


@pytest.mark.parametrize(
    ("prefix", "kind"), [("", "text/html"), ("/api/v1", "application/problem+json")]
)
def test_database_that_goes_away_is_503_and_named(
    prefix: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make.person(None, "clerk"))

    def gone(*args: object, **kwargs: object) -> None:
        raise _database_error("57P01")

    monkeypatch.setattr("inbox.queries.visible.within", gone)
    answer = client.get(f"{prefix}/tasks/")
    assert answer.status_code == 503
    assert answer["Content-Type"].startswith(kind)
    assert "数据库暂时连接不上" in answer.content.decode()


def test_database_gone_before_any_view_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make.person(None, "clerk"))

    def gone(*args: object, **kwargs: object) -> None:
        raise _database_error(None)

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", gone)
    answer = client.get("/tasks/")
    assert answer.status_code == 503
    assert "数据库暂时连接不上" in answer.content.decode()


@pytest.mark.parametrize(
    "url",
    [
        "/tasks/?late=%00",
        "/login/?next=a%00b",
        "/api/v1/organisations/?kind=%00",
        "/consortia/a%00b/",
    ],
)
def test_nul_is_400_in_chinese(url: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make.person(None, "clerk"))
    answer = client.get(url)
    assert answer.status_code == 400
    assert "不可用的字符" in answer.content.decode()


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b'{"username": "a\\u0000b"}', "不可用的字符"),
        (b'{"username": "\\ud800"}', "不可用的字符"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1, "a": 2}', "重复"),
        (b"{", "JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_bad_json_is_400_and_says_why(body: bytes, word: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(make.person(None, "admin"))
    answer = client.post("/api/v1/people/", body, content_type="application/json")
    assert answer.status_code == 400
    assert word in answer.json()["detail"]


def test_wrong_fields_are_pointed_at() -> None:
    client = Client()
    client.force_login(make.person(None, "admin"))
    answer = client.post(
        "/api/v1/people/", {"username": "A", "name": "", "roles": ["x"]},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 400
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert {"#/username", "#/name", "#/roles/0"} <= pointers


def test_unknown_address_is_a_problem_under_api_and_a_page_elsewhere() -> None:
    assert Client().get("/api/v1/nothing/").json()["status"] == 404
    assert "没有找到" in Client().get("/nothing/").content.decode()


def test_every_answer_is_marked_and_kept_nowhere() -> None:
    answer = Client().get("/login/")
    assert len(answer["X-Request-ID"]) == 32
    assert answer["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    spoofed = Client(headers={"x-request-id": "a" * 500}).get("/login/")
    assert spoofed["X-Request-ID"] != "a" * 500
