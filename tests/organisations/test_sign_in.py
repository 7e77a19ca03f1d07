"""Sign-in: lock-out, one answer for all failures, sessions that end."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.factories import organisations as make

pytestmark = pytest.mark.django_db


def _try(client: Client, username: str, password: str) -> tuple[int, str]:
    answer = client.post("/login/", {"username": username, "password": password})
    return answer.status_code, answer.content.decode()


def test_right_password_opens_home(client: Client) -> None:
    person = make.person(None, "clerk")
    assert _try(client, person.username, make.PASSWORD)[0] == 302
    answer = client.get("/")
    assert answer.status_code == 200
    assert person.organisation.name in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
