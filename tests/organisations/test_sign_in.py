"""Sign-in: lock-out, one answer for all failures, sessions that end."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from organisations.models import User
from organisations.operations.people import edit_person, switch_off
from organisations.operations.sign_in import sign_in
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db

WRONG = "Cuowu-2026-mima"


def _try(
    client: Client, username: str, password: str, address: str = "10.0.0.1"
) -> tuple[int, str]:
    answer = client.post(
        "/login/", {"username": username, "password": password}, REMOTE_ADDR=address
    )
    body = re.sub(r'value="[^"]*"', "", answer.content.decode())
    return answer.status_code, body


def _signed_in(person: User) -> Client:
    client = Client()
    assert _try(client, person.username, make.PASSWORD)[0] == 302
    return client


def test_right_password_opens_home(client: Client) -> None:
    person = make.person(None, "clerk")
    assert _try(client, person.username, make.PASSWORD)[0] == 302
    answer = client.get("/")
    assert answer.status_code == 200
    assert person.organisation.name in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_every_failure_reads_the_same(client: Client) -> None:
    known = make.person(None, "clerk", username="known")
    make.person(None, "clerk", username="off", is_active=False)
    make.person(None, "clerk", username="service", is_service=True)
    closed = make.organisation(is_active=False)
    make.person(closed, "clerk", username="closed")
    answers = {
        _try(client, username, password, f"10.0.1.{number}")
        for number, (username, password) in enumerate(
            [
                (known.username, WRONG),
                ("nobody", WRONG),
                ("off", make.PASSWORD),
                ("service", make.PASSWORD),
                ("closed", make.PASSWORD),
            ]
        )
    }
    assert len(answers) == 1
    assert answers.pop()[0] == 400


def test_five_failures_lock_the_account_from_everywhere(client: Client) -> None:
    person = make.person(None, "clerk")
    statuses = [_try(client, person.username, WRONG, f"10.0.2.{n}")[0] for n in range(5)]
    assert statuses == [400, 400, 400, 400, 429]
    assert _try(client, person.username, make.PASSWORD, "10.0.2.99")[0] == 429


def test_unknown_name_is_locked_likewise(client: Client) -> None:
    statuses = [_try(client, "nobody", WRONG, f"10.0.3.{n}")[0] for n in range(5)]
    assert statuses == [400, 400, 400, 400, 429]


def test_five_failures_lock_the_address_for_everybody(client: Client) -> None:
    for number in range(5):
        _try(client, f"guess-{number}", WRONG, "10.0.4.1")
    person = make.person(None, "clerk")
    assert _try(client, person.username, make.PASSWORD, "10.0.4.1")[0] == 429
    assert _try(client, person.username, make.PASSWORD, "10.0.4.2")[0] == 302


def test_lock_ends_after_thirty_minutes(client: Client) -> None:
    from axes.models import AccessAttempt

    person = make.person(None, "clerk")
    for number in range(5):
        _try(client, person.username, WRONG, f"10.0.5.{number}")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert _try(client, person.username, make.PASSWORD, "10.0.5.9")[0] == 302


def test_four_failures_do_not_lock(client: Client) -> None:
    person = make.person(None, "clerk")
    for number in range(4):
        _try(client, person.username, WRONG, f"10.0.6.{number}")
    assert _try(client, person.username, make.PASSWORD, "10.0.6.9")[0] == 302


def test_attempts_are_in_the_trail(client: Client) -> None:
    person = make.person(None, "clerk")
    _try(client, person.username, WRONG)
    _try(client, person.username, make.PASSWORD)
    told = AuditEvent.objects.filter(action="user.sign_in").order_by("pk")
    assert [(event.outcome, event.ip) for event in told] == [
        ("refused", "10.0.0.1"),
        ("done", "10.0.0.1"),
    ]
    assert all(event.request_id for event in told)


def test_idle_session_ends(client: Client) -> None:
    client = _signed_in(make.person(None, "clerk"))
    session = client.session
    session["seen_at"] = (timezone.now() - timedelta(minutes=31)).isoformat()
    session.save()
    assert client.get("/").status_code == 302
    assert "没有操作" in client.get("/login/").content.decode()


def test_busy_session_ends_after_twelve_hours(client: Client) -> None:
    client = _signed_in(make.person(None, "clerk"))
    session = client.session
    session["started_at"] = (timezone.now() - timedelta(hours=12, minutes=1)).isoformat()
    session.save()
    assert client.get("/").status_code == 302


def test_polling_is_not_activity() -> None:
    client = _signed_in(make.person(None, "clerk"))
    session = client.session
    earlier = (timezone.now() - timedelta(minutes=20)).isoformat()
    session["seen_at"] = earlier
    session.save()
    client.get("/", headers={"Zc-Poll": "1"})
    assert client.session["seen_at"] == earlier
    client.get("/")
    assert client.session["seen_at"] != earlier


@pytest.mark.parametrize("change", ["off", "roles", "password", "organisation"])
def test_change_of_the_account_ends_all_its_sessions(change: str) -> None:
    person = make.person(None, "clerk")
    admin = make.person(person.organisation, "admin")
    clients = [_signed_in(person), _signed_in(person)]
    assert [client.get("/").status_code for client in clients] == [200, 200]
    now = timezone.now()
    if change == "off":
        switch_off(user=person, by=admin, at=now)
    elif change == "roles":
        edit_person(user=person, name="甲", phone="", roles=["reviewer"], by=admin, at=now)
    elif change == "password":
        person.refresh_from_db()
        person.set_password("Xin-2026-kouling")
        person.save()
    else:
        type(person.organisation).objects.update(is_active=False)
    assert [client.get("/").status_code for client in clients] == [302, 302]


def test_own_password_change_keeps_this_session_and_ends_the_others() -> None:
    person = make.person(None, "clerk")
    here, elsewhere = _signed_in(person), _signed_in(person)
    new = {"current": make.PASSWORD, "new": "Xin-kouling-8765", "again": "Xin-kouling-8765"}
    assert here.post("/account/password/", new).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize("new", ["short-A1", "alllowercaseletters", "Password123", "1234567890123"])
def test_weak_password_is_refused(new: str) -> None:
    client = _signed_in(make.person(None, "clerk"))
    data = {"current": make.PASSWORD, "new": new, "again": new}
    assert client.post("/account/password/", data).status_code == 400


def test_one_time_password_must_be_changed_first() -> None:
    person = make.person(None, "clerk", must_change_password=True)
    client = _signed_in(person)
    for url in ("/", "/tasks/", "/notices/"):
        answer = client.get(url)
        assert (answer.status_code, answer["Location"]) == (302, "/account/password/")
    assert client.get("/api/v1/tasks/").status_code == 403
    assert client.get("/account/password/").status_code == 200


def test_old_password_must_be_changed() -> None:
    person = make.person(None, "clerk", password_changed_at=timezone.now() - timedelta(days=91))
    assert _signed_in(person).get("/")["Location"] == "/account/password/"


def test_sign_out_deletes_the_session_row() -> None:
    client = _signed_in(make.person(None, "clerk"))
    key = client.session.session_key
    assert client.post("/logout/").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/").status_code == 302


def test_way_back_leads_only_to_our_own_pages(client: Client) -> None:
    person = make.person(None, "clerk")
    data = {"username": person.username, "password": make.PASSWORD}
    away = Client().post("/login/", {**data, "next": "https://example.org/"})
    assert away["Location"] == "/"
    back = Client().post("/login/", {**data, "next": "/tasks/?late=1"})
    assert back["Location"] == "/tasks/?late=1"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_try_no_more_passwords_than_the_lock_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """S-1: twenty wrong passwords at once, at most five are compared."""
    person = make.person(None, "clerk")
    tried: list[str] = []
    compare = User.check_password

    def counted(self: User, raw: str) -> bool:
        tried.append(raw)
        return compare(self, raw)

    monkeypatch.setattr(User, "check_password", counted)
    start = threading.Barrier(20)

    def attempt(number: int) -> None:
        try:
            start.wait()
            Client(raise_request_exception=False).post(
                "/login/",
                {"username": person.username, "password": f"{WRONG}{number}"},
                REMOTE_ADDR=f"10.1.0.{number}",
            )
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 <= len(tried) <= 5


def test_sign_in_is_one_operation() -> None:
    """The lock lasts to the end of the transaction, so it must be one."""
    assert hasattr(sign_in, "__wrapped__")
