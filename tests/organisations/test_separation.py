"""S-3 and S-6: nothing tells a known name from an unknown one; nobody is two administrators."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import get_hasher
from django.db import IntegrityError, transaction
from django.test import Client

from organisations.models import User
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("username", ["known", "nobody-there", "off", "of-a-closed-one", "service"])
def test_every_failing_name_costs_one_hash(username: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hash is what takes the time: 0.1 s against a few ms of everything else."""
    make.person(None, "clerk", username="known")
    make.person(None, "clerk", username="off", is_active=False)
    make.person(make.organisation(is_active=False), "clerk", username="of-a-closed-one")
    make.person(None, "clerk", username="service", is_service=True)
    hashed: list[str] = []
    hasher = type(get_hasher())
    encode = hasher.encode

    def counted(self: object, password: str, *args: object, **kwargs: object) -> str:
        hashed.append(password)
        return str(encode(self, password, *args, **kwargs))

    monkeypatch.setattr(hasher, "encode", counted)
    answer = Client().post("/login/", {"username": username, "password": "Cuowu-2026-mima"})
    assert (answer.status_code, len(hashed)) == (400, 1)


@pytest.mark.parametrize("role", ["system", "security", "auditor"])
@pytest.mark.parametrize(
    "more", [{"roles": ["clerk"]}, {"is_service": True}, {"platform_role": "x"}]
)
def test_database_refuses_two_hats(role: str, more: dict[str, object]) -> None:
    person = make.administrator(role)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=person.pk).update(**more)


def test_pages_of_a_session_are_not_kept_by_the_browser() -> None:
    """S-11: after signing out, going back shows nothing, and the session's row is gone."""
    client = Client()
    client.force_login(make.person(None, "clerk"))
    for url in ("/", "/tasks/", "/notices/", "/account/password/", "/account/second-factor/"):
        assert client.get(url)["Cache-Control"] == "no-store"
    client.post("/logout/")
    assert client.get("/")["Location"].startswith("/login/")
