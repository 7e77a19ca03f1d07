"""Idempotency-Key: one effect, one answer, also for two at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connections
from django.test import Client

from core.api.models import IdempotentAnswer
from organisations.models import User
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
BODY = {"username": "xin.ren", "name": "新人", "roles": ["clerk"]}


def _admin() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(make.person(None, "admin"))
    return client


def _invite(client: Client, key: str, **changes: object) -> tuple[int, dict[str, object]]:
    answer = client.post(
        "/api/v1/people/", {**BODY, **changes}, content_type="application/json",
        headers={"Idempotency-Key": key},
    )  # fmt: skip
    return answer.status_code, answer.json()


def test_same_key_gives_the_first_answer_without_its_secret() -> None:
    client = _admin()
    status, first = _invite(client, "k1")
    assert status == 201
    secret = first.pop("one_time_password")
    assert _invite(client, "k1") == (201, first)
    assert User.objects.filter(username="xin.ren").count() == 1
    assert str(secret) not in IdempotentAnswer.objects.get().content


def test_same_key_with_another_body_is_422() -> None:
    client = _admin()
    _invite(client, "k1")
    assert _invite(client, "k1", name="另一人")[0] == 422


def test_without_a_key_the_second_is_refused_by_the_rule() -> None:
    """The control: it is the key that makes the second call harmless."""
    client = _admin()
    send = [
        client.post("/api/v1/people/", BODY, content_type="application/json").status_code
        for _ in range(2)
    ]
    assert send == [201, 400]


def test_refused_write_keeps_nothing_and_may_be_sent_again() -> None:
    client = _admin()
    assert _invite(client, "k1", roles=["importer"])[0] == 400
    assert IdempotentAnswer.objects.count() == 0
    assert _invite(client, "k1")[0] == 201


def test_keys_of_two_people_do_not_meet() -> None:
    assert _invite(_admin(), "k1")[0] == 201
    assert _invite(_admin(), "k1", username="bie.ren")[0] == 201


def test_key_that_is_too_long_or_unclean_is_400() -> None:
    assert _invite(_admin(), "k" * 201)[0] == 400


@pytest.mark.django_db(transaction=True)
def test_five_at_once_have_one_effect() -> None:
    admin = make.person(None, "admin")
    start = threading.Barrier(5)
    answers: list[tuple[int, object]] = []

    def send() -> None:
        try:
            client = Client(raise_request_exception=False)
            client.force_login(admin)
            start.wait()
            status, body = _invite(client, "k1")
            answers.append((status, body.get("username")))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [(201, "xin.ren")] * 5
    assert User.objects.filter(username="xin.ren").count() == 1
