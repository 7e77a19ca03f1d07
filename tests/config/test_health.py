"""/healthz, /readyz and /metrics: what a load balancer and Prometheus see."""

import subprocess
from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client

from config import health


def test_healthz_asks_nobody(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readyz_names_the_missing_worker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_WORKER_ANSWER_SECONDS", 0.2)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
        "worker": "没有后台任务进程应答",
    }


def test_readyz_with_a_real_worker(
    client: Client, celery_worker_process: subprocess.Popen[bytes]
) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


@pytest.mark.django_db
@pytest.mark.parametrize("name", list(health.CHECKS))
def test_readyz_is_503_when_a_part_fails(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def broken() -> str:
        raise ConnectionError

    checks: dict[str, Callable[[], str]] = dict.fromkeys(health.CHECKS, lambda: "ok")
    monkeypatch.setattr(health, "CHECKS", {**checks, name: broken})
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"][name] == "不可用（ConnectionError）"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "status"), [({}, 404), ({"HTTP_AUTHORIZATION": "Bearer t0ken"}, 200)]
)
def test_metrics_want_the_token(
    client: Client, settings: LazySettings, given: dict[str, str], status: int
) -> None:
    settings.METRICS_TOKEN = "t0ken"
    assert client.get("/metrics", **given).status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("10.0.0.9", 404)])
def test_metrics_without_token_are_for_this_machine(
    client: Client, address: str, status: int
) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address).status_code == status
