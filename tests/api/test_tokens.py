"""Tokens: each scope opens exactly its endpoints; how many requests a minute; how they end."""

from __future__ import annotations

import re
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone
from rest_framework.views import APIView

from organisations.models import ApiToken
from organisations.operations.tokens import issue_token
from organisations.states import TOKEN_SCOPES
from tests.factories import organisations as make
from tests.matrix.routes import METHODS, all_patterns, methods_of

pytestmark = pytest.mark.django_db
SAMPLES = (
    "999999", "1999", "2026-01-01", "0" * 15, "0" * 64, "nobody", "X1", "HD00", "GG0", "IM0", "YJ0",
    "ZC00000000", "BG0",
)  # fmt: skip
"""Names of nothing, one for each kind of number that addresses have."""
NEEDED = re.compile(r"接口令牌没有“[^”]+”范围（([a-z]+:[a-z]+)）")


def _endpoints() -> list[tuple[str, str, str]]:
    """Address, method and the scope that it needs, of everything below /api/v1/."""
    found = []
    for pattern in all_patterns():
        view = getattr(pattern.callback, "cls", None)
        if isinstance(view, type) and issubclass(view, APIView) and hasattr(view, "token_subject"):
            for method in methods_of(pattern.callback):
                verb = "read" if method == "GET" else "write"
                found.append((_address(pattern), method, f"{view.token_subject}:{verb}"))
    return found


def _address(pattern: URLPattern) -> str:
    """An address that the pattern matches; the thing it names does not exist."""
    text = str(pattern.pattern).removeprefix("^").removesuffix("$")

    def sample(found: re.Match[str]) -> str:
        fitting = [word for word in SAMPLES if re.fullmatch(found[2], word)]
        assert fitting, f"SAMPLES has nothing for {pattern.pattern}"
        return fitting[0]

    text = re.sub(r"\(\?P<(\w+)>((?:\[[^]]*\]|\\.|[^()])*)\)", sample, text)
    return "/api/v1/" + text.replace("\\", "")


def _call(secret: str, address: str, method: str) -> Any:
    client = Client(headers={"authorization": f"Token {secret}"}, raise_request_exception=False)
    if method == "GET":
        return client.get(address)
    return getattr(client, method.lower())(address, {}, content_type="application/json")


def test_every_scope_opens_exactly_its_endpoints() -> None:
    """Opened means: not told that the scope is missing. 24 scopes × every address and method."""
    endpoints = _endpoints()
    assert len(endpoints) > 70
    assert {method for _, method, _ in endpoints} == set(METHODS)
    hospital = make.organisation()
    secrets = {
        scope: make.api_token(hospital, scope, roles=("clerk",))[1]
        for scope in sorted({needed for _, _, needed in endpoints})
    }
    wrong = []
    for address, method, needed in endpoints:
        opened = _call(secrets[needed], address, method)
        if opened.status_code == 403 and NEEDED.search(opened.json().get("detail", "")):
            wrong.append(f"{needed} does not open {method} {address}")
        for other, secret in secrets.items():
            # One sibling of the subject and one of another subject each; the rest are alike.
            if other == needed or other.split(":")[0] != needed.split(":")[0]:
                continue
            told = NEEDED.search(_call(secret, address, method).json().get("detail", ""))
            if told is None or told[1] != needed:
                wrong.append(f"{other} opens {method} {address}")
    assert wrong == []


def test_a_scope_of_another_subject_opens_nothing() -> None:
    hospital = make.organisation()
    _, secret = make.api_token(hospital, "settlement:read", roles=("clerk",))
    for address, method, needed in _endpoints():
        if needed != "settlement:read":
            answer = _call(secret, address, method)
            assert answer.status_code == 403, (method, address)
            assert NEEDED.search(answer.json()["detail"]), (method, address)


def test_every_scope_is_explained_in_chinese() -> None:
    assert [name for name, label in TOKEN_SCOPES.items() if not re.search("[一-鿿]", label)] == []


def test_token_without_days_lives_until_it_is_revoked() -> None:
    admin = make.person(None, "admin")
    token, secret = issue_token(
        organisation=admin.organisation, name="HIS", scopes=["organisations:read"],
        roles=["clerk"], days=None, by=admin, at=timezone.now(),
    )  # fmt: skip
    assert token.expiry is None
    assert _call(secret, "/api/v1/me/", "GET").status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(revoked_at=timezone.now())
    assert _call(secret, "/api/v1/me/", "GET").status_code == 401


def _clear() -> None:
    with redis.Redis.from_url(django_settings.CELERY_BROKER_URL) as client:
        for key in client.scan_iter(match=f"{django_settings.API_COUNT_PREFIX}*"):
            client.delete(key)


def test_token_over_its_own_limit_is_told_when_to_come_again(monkeypatch: Any) -> None:
    _clear()
    monkeypatch.setattr("core.api.throttles.time.time", lambda: 1_800_000_017.0)
    hospital = make.organisation()
    token, secret = make.api_token(hospital, "organisations:read", roles=("clerk",))
    _, other = make.api_token(hospital, "organisations:read", roles=("clerk",))
    ApiToken.objects.filter(pk=token.pk).update(per_minute=3)
    statuses = [_call(secret, "/api/v1/me/", "GET").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = _call(secret, "/api/v1/me/", "GET")
    assert refused["Content-Type"].startswith("application/problem+json")
    assert refused["Retry-After"] == str(60 - 1_800_000_017 % 60)
    assert refused.json()["title"] == "请求过于频繁"
    assert _call(other, "/api/v1/me/", "GET").status_code == 200
    monkeypatch.setattr("core.api.throttles.time.time", lambda: 1_800_000_077.0)
    assert _call(secret, "/api/v1/me/", "GET").status_code == 200


def test_person_and_address_are_counted_apart(settings: Any) -> None:
    _clear()
    settings.API_PERSON_PER_MINUTE = settings.API_ADDRESS_PER_MINUTE = 2
    client = Client()
    client.force_login(make.person(None, "clerk"))
    assert [client.get("/api/v1/me/").status_code for _ in range(3)] == [200, 200, 429]
    guesses = [_call("0" * 64, "/api/v1/me/", "GET").status_code for _ in range(3)]
    assert guesses == [401, 401, 429]


def test_redis_that_is_down_stops_nobody(settings: Any) -> None:
    settings.API_PERSON_PER_MINUTE = 0
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    client = Client()
    client.force_login(make.person(None, "clerk"))
    assert client.get("/api/v1/me/").status_code == 200
