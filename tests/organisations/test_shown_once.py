"""Secrets are shown once: a reload neither repeats the act nor the secret, and no row holds it clear."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from inbox.models import WebhookEndpoint
from organisations.models import ApiToken, User
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
SECRET = re.compile(r'class="zc-secret"><code>([^<]+)</code>')
GONE = "只显示一次，已经显示过"


def _admin() -> tuple[Client, User]:
    admin = make.person(make.organisation("institution"), "admin")
    client = Client()
    client.force_login(admin)
    return client, admin


def _token(client: Client, admin: User) -> Any:
    data = {
        "name": "HIS",
        "days": 30,
        "scopes": ["inbox:read"],
        "roles": ["clerk"],
        "per_minute": 60,
    }
    return client.post("/tokens/new/", data)


def _webhook(client: Client, admin: User) -> Any:
    data = {"name": "HIS", "url": "https://hook.example.org/zc", "kinds": ["warning.opened"]}
    return client.post("/webhooks/new/", data)


def _rotation(client: Client, admin: User) -> Any:
    _webhook(client, admin)
    return client.post(f"/webhooks/{WebhookEndpoint.objects.get().number}/rotate/")


def _reset(client: Client, admin: User) -> Any:
    make.person(admin.organisation, username="zhang")
    return client.post("/people/zhang/reset/")


@pytest.mark.parametrize("act", [_token, _webhook, _rotation, _reset])
def test_reload_shows_that_it_is_gone(act: Callable[[Client, User], Any]) -> None:
    client, admin = _admin()
    answer = act(client, admin)
    assert answer.status_code == 302
    first = client.get(answer["Location"]).content.decode()
    assert SECRET.search(first) and GONE not in first
    again = client.get(answer["Location"]).content.decode()
    assert SECRET.search(again) is None and GONE in again


def test_reload_issues_no_second_token() -> None:
    client, admin = _admin()
    address = _token(client, admin)["Location"]
    for _ in range(3):
        assert client.get(address).status_code == 200
    assert ApiToken.objects.count() == 1


def test_secret_lies_sealed_until_it_is_looked_at_and_is_gone_then() -> None:
    client, admin = _admin()
    address = _token(client, admin)["Location"]
    waiting = _session(client)
    [shown] = SECRET.findall(client.get(address).content.decode())
    assert "shown_once" in waiting and shown not in waiting
    assert shown not in _session(client) and "gAAAA" not in _session(client)


def test_two_tabs_show_each_its_own() -> None:
    client, admin = _admin()
    one, two = _token(client, admin)["Location"], _token(client, admin)["Location"]
    seen = [SECRET.findall(client.get(address).content.decode()) for address in (two, one)]
    assert len({secret for found in seen for secret in found}) == 2


def test_another_person_with_the_address_sees_no_secret() -> None:
    client, admin = _admin()
    address = _token(client, admin)["Location"]
    stranger, _ = _admin()
    assert SECRET.search(stranger.get(address).content.decode()) is None
    assert SECRET.search(client.get(address).content.decode())


def _session(client: Client) -> str:
    """All that the row of the session says, unpacked."""
    return str(Session.objects.get(session_key=client.session.session_key).get_decoded())
