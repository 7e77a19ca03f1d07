"""S-4: the second factor is forced, taken once, counted by the lock-out, and given back safely."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from core.totp import code_at, current_step
from organisations.models import Organisation, RecoveryCode, SecondFactor, User
from organisations.operations import sealed
from organisations.operations.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    reset_second_factor,
    spend_code,
)
from organisations.rules import second_factor_is_forced
from tests.factories import organisations as make
from tests.factories import people
from tests.matrix.routes import all_routes
from tests.matrix.table import load_table

pytestmark = pytest.mark.django_db


def _code(offset: int = 0) -> str:
    return code_at(people.SECRET, current_step(timezone.now()) + offset)


def _password(person: User, client: Client | None = None, address: str = "10.2.0.1") -> Client:
    client = client or Client()
    data = {"username": person.username, "password": make.PASSWORD}
    assert client.post("/login/", data, REMOTE_ADDR=address).status_code == 302
    return client


def _enrolled(kind: str = "bureau", *roles: str) -> User:
    person = make.person(make.organisation(kind), *(roles or ("clerk",)))
    people.second_factor(person)
    return person


@pytest.mark.parametrize(
    ("kind", "roles", "forced"),
    [
        ("bureau", ("clerk",), True),
        ("finance", ("clerk",), True),
        ("institution", ("admin", "clerk"), True),
        ("enterprise", ("admin",), True),
        ("institution", ("clerk", "leader"), False),
        ("health_commission", ("clerk",), False),
        ("agency", ("accountant",), False),
    ],
)
def test_who_must_have_it(kind: str, roles: tuple[str, ...], forced: bool) -> None:
    assert second_factor_is_forced(make.person(make.organisation(kind), *roles)) is forced


@pytest.mark.parametrize("role", ["system", "security", "auditor"])
def test_the_three_must_have_it(role: str) -> None:
    assert second_factor_is_forced(make.administrator(role))


def test_security_administrator_may_ask_more_kinds() -> None:
    person = make.person(make.organisation("agency"), "clerk")
    assert _password(person).get("/").status_code == 200
    people.security_policy(second_factor_kinds=["agency"])
    assert _password(person).get("/login/enrol/").status_code == 200


def test_first_sign_in_enrols_and_shows_ten_codes_once() -> None:
    person = make.person(make.organisation("bureau"), "clerk")
    client = _password(person)
    assert client.get("/")["Location"] == "/login/"
    page = client.get("/login/enrol/").content.decode()
    picture = client.get("/login/enrol/picture/")
    assert picture["Content-Type"] == "image/svg+xml"
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found
    secret = found[1].replace(" ", "")
    wrong = client.post("/login/enrol/", {"code": "12345x"})
    assert wrong.status_code == 400
    done = client.post("/login/enrol/", {"code": code_at(secret, current_step(timezone.now()))})
    assert done.status_code == 201
    codes = re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", done.content.decode())
    assert len(set(codes)) == 10
    assert client.get("/").status_code == 200
    assert client.get("/login/enrol/picture/").status_code == 302
    kept = SecondFactor.objects.get(user=person)
    assert secret not in kept.secret_sealed
    digests = "".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code in digests for code in codes)


def test_code_opens_home_once() -> None:
    person = _enrolled()
    code = _code()
    client = _password(person)
    assert client.get("/")["Location"] == "/login/"
    assert client.post("/login/code/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    assert client.get("/").status_code == 200
    again = _password(person)
    assert again.post("/login/code/", {"code": code}).status_code == 400
    assert again.get("/").status_code == 302


@pytest.mark.parametrize(("offset", "status"), [(-2, 400), (-1, 302), (1, 302), (2, 400)])
def test_phone_may_be_half_a_minute_off(offset: int, status: int) -> None:
    client = _password(_enrolled())
    left = 30 - time.time() % 30
    if left < 2:
        time.sleep(left)  # so that code and answer fall into one half minute
    assert client.post("/login/code/", {"code": _code(offset)}).status_code == status


def test_recovery_code_works_once() -> None:
    person = make.person(make.organisation("bureau"), "clerk")
    secret = begin_enrolment(user=person, at=timezone.now())
    code = code_at(secret, current_step(timezone.now()))
    codes = confirm_enrolment(user=person, code=code, by=person, at=timezone.now())
    client = _password(person)
    assert client.post("/login/code/", {"code": codes[3].upper()}).status_code == 302
    assert client.get("/").status_code == 200
    again = _password(person)
    assert again.post("/login/code/", {"code": codes[3]}).status_code == 400
    other = make.person(make.organisation("bureau"), "clerk")
    people.second_factor(other)
    assert spend_code(user=other, code=codes[4], at=timezone.now()) == ""


def test_password_alone_reaches_no_page() -> None:
    """S-4: every address of the platform, asked between the two factors, is as for nobody."""
    client, nobody = _password(_enrolled()), Client()
    rows = {row.label: row for row in load_table() if row.route.method == "GET" and not row.args}
    seen = []
    for row in rows.values():
        url = _address(row.route.name)
        if url and not url.startswith(("/login/", "/metrics")):
            here, there = client.get(url), nobody.get(url)
            assert here.status_code == there.status_code, url
            if there.status_code == 200:
                assert there.wsgi_request.user.is_anonymous
            seen.append(url)
    assert len(seen) > 40
    assert {route.name for route in all_routes()} >= {"login-code", "login-enrol"}


def _address(name: str) -> str:
    from django.urls import NoReverseMatch, reverse

    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def test_control_a_full_sign_in_does_reach_them() -> None:
    person = _enrolled()
    client = _password(person)
    client.post("/login/code/", {"code": _code()})
    assert client.get("/tasks/").status_code == 200


def test_wrong_codes_lock_as_wrong_passwords_do() -> None:
    person = _enrolled()
    client = _password(person)
    answers = [client.post("/login/code/", {"code": "000000"}).status_code for _ in range(5)]
    assert answers == [400, 400, 400, 400, 429]
    assert client.post("/login/code/", {"code": _code()}).status_code == 429
    data = {"username": person.username, "password": make.PASSWORD}
    assert Client().post("/login/", data, REMOTE_ADDR="10.2.0.77").status_code == 429
    told = AuditEvent.objects.filter(action="user.sign_in", outcome="refused")
    assert told.filter(reason="动态口令不正确").count() == 5


def test_right_password_again_does_not_forget_wrong_codes() -> None:
    person = _enrolled()
    statuses = []
    for number in range(5):
        address = f"10.2.1.{number}"
        client = _password(person, address=address)
        answer = client.post("/login/code/", {"code": "000000"}, REMOTE_ADDR=address)
        statuses.append(answer.status_code)
    assert statuses == [400, 400, 400, 400, 429]


def test_waiting_between_the_factors_ends_after_ten_minutes() -> None:
    client = _password(_enrolled())
    session = client.session
    kept = session["first_factor"]
    kept["at"] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session["first_factor"] = kept
    session.save()
    assert client.post("/login/code/", {"code": _code()})["Location"] == "/login/"


@pytest.mark.parametrize("change", ["off", "epoch", "organisation"])
def test_change_of_the_account_ends_the_waiting(change: str) -> None:
    person = _enrolled()
    client = _password(person)
    if change == "off":
        User.objects.update(is_active=False)
    elif change == "epoch":
        User.objects.update(session_epoch=9)
    else:
        Organisation.objects.update(is_active=False)
    assert client.post("/login/code/", {"code": _code()})["Location"] == "/login/"


def test_admin_resets_a_lost_phone_and_all_sessions_end() -> None:
    person = _enrolled("institution", "clerk")
    client = _password(person)
    client.post("/login/code/", {"code": _code()})
    assert client.get("/").status_code == 200
    admin = make.person(person.organisation, "admin")
    manager = Client()
    manager.force_login(admin)
    answer = manager.post(f"/people/{person.username}/factor/")
    assert answer.status_code == 302
    assert client.get("/").status_code == 302
    assert not SecondFactor.objects.filter(user=person).exists()
    told = AuditEvent.objects.get(action="second_factor.reset")
    assert (told.actor_id, told.object_key) == (admin.pk, str(person.pk))


def test_nobody_resets_the_own() -> None:
    from core.transitions import TransitionRefused

    person = _enrolled()
    with pytest.raises(TransitionRefused, match="不能重置自己的"):
        reset_second_factor(user=person, by=person, at=timezone.now())


def test_free_one_may_take_it_on_and_give_it_up_and_the_forced_may_not() -> None:
    person = make.person(make.organisation("institution"), "clerk")
    client = Client()
    client.force_login(person)
    page = client.get("/account/second-factor/?start=1").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")  # type: ignore[index]
    step = current_step(timezone.now())
    taken = client.post("/account/second-factor/", {"code": code_at(secret, step)})
    shown = client.get(taken["Location"]).content.decode()
    assert len(set(re.findall(r"<code>([a-z2-9]{5}-[a-z2-9]{5})</code>", shown))) == 10
    assert "只显示一次，已经显示过" in client.get(taken["Location"]).content.decode()
    off = client.post("/account/second-factor/off/", {"code": code_at(secret, step + 1)})
    assert off.status_code == 302
    assert not SecondFactor.objects.filter(user=person).exists()
    forced = _enrolled()
    client.force_login(forced)
    assert client.post("/account/second-factor/off/", {"code": _code()}).status_code == 409


def test_secret_is_unreadable_under_another_key(settings: object) -> None:
    kept = sealed.seal_secret("GEZDGNBV")
    settings.SECRET_KEY = "another key altogether"  # type: ignore[attr-defined]
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]
    with pytest.raises(sealed.UnreadableSecret):
        sealed.open_secret(kept)


@pytest.mark.django_db(transaction=True)
def test_one_code_in_two_hands_is_taken_once() -> None:
    person = _enrolled()
    code = _code()
    start = threading.Barrier(6)
    taken: list[str] = []

    def attempt() -> None:
        try:
            start.wait()
            taken.append(spend_code(user=person, code=code, at=timezone.now()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == ["", "", "", "", "", "app"]
