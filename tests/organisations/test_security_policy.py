"""Rules of passwords, locks and sessions, set by the security administrator within bounds."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from core.audit.models import AuditEvent
from organisations.models import SecurityPolicy, User
from organisations.queries.security_policy import policy_in_force
from tests.factories import organisations as make
from tests.factories import people

pytestmark = pytest.mark.django_db

VALUES: dict[str, Any] = {
    "password_length": 12,
    "password_days": 60,
    "password_history": 3,
    "failure_limit": 3,
    "lock_minutes": 60,
    "idle_minutes": 10,
    "absolute_hours": 8,
    "reason": "等保测评整改",
}


@pytest.fixture
def secadmin() -> Client:
    client = Client()
    client.force_login(make.administrator("security"))
    return client


def _change(client: Client, new: str, current: str = make.PASSWORD) -> tuple[int, str]:
    answer = client.post("/account/password/", {"current": current, "new": new, "again": new})
    return answer.status_code, answer.content.decode()


def _signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_setting_is_in_force_with_its_history_and_event(secadmin: Client) -> None:
    assert secadmin.post("/platform/security/", VALUES).status_code == 302
    assert policy_in_force().password_length == 12
    page = secadmin.get("/platform/security/").content.decode()
    assert "等保测评整改" in page
    told = AuditEvent.objects.get(action="security_policy.set")
    assert told.detail["before"]["failure_limit"] == 5
    assert told.detail["after"]["failure_limit"] == 3


def test_second_to_set_the_rules_gets_both_settings(secadmin: Client) -> None:
    url = "/platform/security/"
    opened = secadmin.get(url).context_data["version"]
    assert secadmin.post(url, VALUES | {"version": opened}).status_code == 302
    later = VALUES | {"version": opened, "lock_minutes": 90, "reason": "后到的事由"}
    answer = secadmin.post(url, later)
    text = answer.content.decode()
    assert (answer.status_code, "后到的事由" in text, "等保测评整改" in text) == (409, True, True)
    assert policy_in_force().lock_minutes == 60
    newest = secadmin.get(url).context_data["version"]
    for wrong in ("abc", "-1", "1.5"):
        refused = secadmin.post(url, later | {"version": wrong})
        assert (refused.status_code, "版本标记不对" in refused.content.decode()) == (400, True)
    assert policy_in_force().lock_minutes == 60
    assert secadmin.post(url, later | {"version": newest}).status_code == 302
    assert policy_in_force().lock_minutes == 90


@pytest.mark.parametrize(
    ("field", "value"),
    [("password_length", 7), ("failure_limit", 11), ("idle_minutes", 31), ("absolute_hours", 13),
     ("reason", "")],
)  # fmt: skip
def test_value_out_of_its_bounds_is_refused(secadmin: Client, field: str, value: object) -> None:
    assert secadmin.post("/platform/security/", {**VALUES, field: value}).status_code == 400
    assert not SecurityPolicy.objects.exists()


def test_database_keeps_the_bounds_too() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        people.security_policy(idle_minutes=600)


def test_same_values_again_are_no_setting(secadmin: Client) -> None:
    secadmin.post("/platform/security/", VALUES)
    assert secadmin.post("/platform/security/", VALUES).status_code == 400
    assert SecurityPolicy.objects.count() == 1


def test_lock_follows_the_setting() -> None:
    people.security_policy(failure_limit=3, lock_minutes=60)
    person = make.person(None, "clerk")
    data = {"username": person.username, "password": "Cuowu-2026-mima"}
    statuses = [
        Client().post("/login/", data, REMOTE_ADDR=f"10.3.0.{number}") for number in range(3)
    ]
    assert [answer.status_code for answer in statuses] == [400, 400, 429]
    assert "已锁定 60 分钟" in statuses[-1].content.decode()


def test_new_session_has_the_limits_of_its_beginning() -> None:
    person = make.person(None, "clerk")
    before = _signed_in(person)
    people.security_policy(idle_minutes=10, absolute_hours=8)
    assert before.session["limits"] == [30, 12]
    assert _signed_in(person).session["limits"] == [10, 8]


def test_length_follows_the_setting() -> None:
    client = _signed_in(make.person(None, "clerk"))
    people.security_policy(password_length=16)
    status, page = _change(client, "Wanqi-nan-8")
    assert (status, "口令至少 16 个字符" in page) == (400, True)


def test_former_passwords_are_not_taken_again() -> None:
    people.security_policy(password_history=2)
    client = _signed_in(make.person(None, "clerk"))
    chain = [make.PASSWORD, "Diyi-ci-gai-41", "Dier-ci-gai-52", "Disan-ci-gai-63"]
    for current, new in itertools.pairwise(chain):
        assert _change(client, new, current)[0] == 302
    status, page = _change(client, chain[1], chain[3])
    assert (status, "最近 2 次" in page) == (400, True)
    assert _change(client, chain[0], chain[3])[0] == 302


@pytest.mark.parametrize("weak", ["Yibao@2026!", "P@ssw0rd2026", "Zhaocai#12345", "Woaini-5201314"])
def test_habit_word_with_digits_is_refused(weak: str) -> None:
    status, page = _change(_signed_in(make.person(None, "clerk")), weak)
    assert status == 400
    assert "常用词" in page or "常见" in page


def test_own_name_in_the_password_is_refused() -> None:
    client = _signed_in(make.person(None, "clerk", username="lihuiming"))
    assert _change(client, "Lihuiming-1")[0] == 400


def test_security_administrator_ends_the_lock_of_an_address(secadmin: Client) -> None:
    person = make.person(None, "clerk")
    right = {"username": person.username, "password": make.PASSWORD}
    for number in range(5):
        wrong = {"username": f"guess-{number}", "password": "Cuowu-2026-mima"}
        Client().post("/login/", wrong, REMOTE_ADDR="10.3.1.1")
    assert Client().post("/login/", right, REMOTE_ADDR="10.3.1.1").status_code == 429
    assert "10.3.1.1" in secadmin.get("/platform/accounts/").content.decode()
    done = secadmin.post("/platform/addresses/unlock/", {"address": "10.3.1.1"})
    assert done.status_code == 302
    assert Client().post("/login/", right, REMOTE_ADDR="10.3.1.1").status_code == 302
    assert AuditEvent.objects.get(action="address.unlock").object_key == "10.3.1.1"


def test_address_that_is_none_is_refused(secadmin: Client) -> None:
    assert secadmin.post("/platform/addresses/unlock/", {"address": "'; --"}).status_code == 400
    assert secadmin.post("/platform/addresses/unlock/", {"address": "10.9.9.9"}).status_code == 409
