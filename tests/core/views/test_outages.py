"""A service that is down is named in Chinese with 503; nothing else is called an outage."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import kombu.exceptions
import psycopg2
import pytest
import redis.exceptions
from django.conf import settings
from django.db import DatabaseError, OperationalError, connections
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.celery import app as celery_app
from core.embedded.redis_server import free_port
from core.transitions import MissingInput, NotYours, TransitionRefused
from core.views.middleware import RefusalAndOutageMiddleware
from tests.monitoring.warnings.cast import the_cast

PAGES = ("/", "/login/", "/monitoring/warnings/", "/monitoring/warnings/YJ1/", "/monitoring/")
DOWN = "数据库暂时连接不上"


@pytest.fixture
def dead_database(fresh_database: str, tmp_path: Path) -> Iterator[Client]:
    """A signed-in client whose server loses its database."""
    client = Client(raise_request_exception=False)
    client.force_login(the_cast().clerk)
    assert client.get("/monitoring/warnings/").status_code == 200
    connections.close_all()
    before = connections["default"].settings_dict["HOST"]
    connections["default"].settings_dict["HOST"] = str(tmp_path)
    try:
        yield client
    finally:
        connections.close_all()
        connections["default"].settings_dict["HOST"] = before


def test_page_says_that_the_database_is_down(dead_database: Client) -> None:
    for path in PAGES[2:]:
        began = time.monotonic()
        answer = dead_database.get(path)
        assert (answer.status_code, answer["Retry-After"]) == (503, "15"), path
        assert DOWN in answer.content.decode()
        assert "Traceback" not in answer.content.decode()
        assert time.monotonic() - began < 10


def test_sign_in_says_that_the_database_is_down(dead_database: Client) -> None:
    stranger = Client(raise_request_exception=False)
    answer = stranger.post("/login/", {"username": "somebody", "password": "x"})
    assert answer.status_code == 503
    assert DOWN in answer.content.decode()


def test_api_says_that_the_database_is_down(dead_database: Client) -> None:
    answer = dead_database.get("/api/v1/warnings/")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert DOWN in answer.json()["detail"]


def test_pages_work_again_when_it_is_back(dead_database: Client) -> None:
    host = settings.DATABASES["owner"]["HOST"]
    assert dead_database.get("/monitoring/warnings/").status_code == 503
    dead = connections["default"].settings_dict["HOST"]
    connections["default"].settings_dict["HOST"] = host
    try:
        assert dead_database.get("/monitoring/warnings/").status_code == 200
    finally:
        connections["default"].settings_dict["HOST"] = dead


@pytest.mark.django_db
def test_pages_do_not_need_the_broker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    dead = f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setattr(celery_app.conf, "broker_url", dead)
    monkeypatch.setattr(settings, "CELERY_BROKER_URL", dead)
    client.force_login(the_cast().clerk)
    assert client.get("/monitoring/warnings/").status_code == 200


def sqlstate(code: str | None) -> OperationalError:
    error = OperationalError("x")
    cause = Exception()
    cause.pgcode = code  # type: ignore[attr-defined]
    error.__cause__ = cause
    return error


def connection_ended() -> DatabaseError:
    """As psycopg2 and Django tell of a server that went away inside a statement."""
    error = DatabaseError("server closed the connection unexpectedly")
    error.__cause__ = psycopg2.DatabaseError("server closed the connection unexpectedly")
    return error


CASES: list[tuple[Exception, int, str]] = [
    (kombu.exceptions.OperationalError("x"), 503, "后台任务队列暂时连接不上"),
    (redis.exceptions.ConnectionError("x"), 503, "后台任务队列暂时连接不上"),
    (sqlstate(None), 503, DOWN),
    (connection_ended(), 503, DOWN),
    (sqlstate("57P01"), 503, DOWN),
    (sqlstate("53300"), 503, DOWN),
    (sqlstate("57014"), 503, "查询时间过长，已停止"),
    (sqlstate("55P03"), 409, "其他人正在办理同一事项"),
    (sqlstate("40P01"), 409, "其他人正在办理同一事项"),
    (NotYours("“签收”由被预警单位办理"), 403, "“签收”由被预警单位办理"),
    (TransitionRefused("已办结"), 409, "已办结"),
    (MissingInput("month", "请选择月份"), 400, "请选择月份"),
]


@pytest.mark.parametrize(("error", "status", "words"), CASES, ids=[repr(c[0]) for c in CASES])
@pytest.mark.parametrize("path", ["/x/", "/api/x/"])
def test_each_trouble_has_its_answer(error: Exception, status: int, words: str, path: str) -> None:
    middleware = RefusalAndOutageMiddleware(lambda request: HttpResponse())
    answer = middleware.process_exception(RequestFactory().get(path), error)
    assert answer is not None
    assert answer.status_code == status
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    "error", [ValueError("x"), KeyError("x"), sqlstate("42P01"), DatabaseError("x")]
)
def test_faults_of_ours_are_not_called_outages(error: Exception) -> None:
    middleware = RefusalAndOutageMiddleware(lambda request: HttpResponse())
    assert middleware.process_exception(RequestFactory().get("/x/"), error) is None
