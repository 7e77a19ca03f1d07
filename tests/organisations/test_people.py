"""An organisation's admin and its people; the three administrators; tokens."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from core.audit.record import SystemActor
from core.transitions import MissingInput, Refusal, TransitionRefused
from organisations.models import Organisation, User
from organisations.operations.administrators import create_administrators, create_first_admin
from organisations.operations.authorities import create_authorities
from organisations.operations.demo_people import create_demo_people
from organisations.operations.people import edit_person, invite_person, switch_off
from organisations.operations.tokens import issue_token, revoke_token
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
SYSTEM = SystemActor("测试")


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_invited_person_signs_in_with_the_password_shown_once() -> None:
    admin = make.person(None, "admin")
    client = _client(admin)
    answer = client.post(
        "/people-new/", {"username": "xin.ren", "name": " 新　人 ", "roles": ["clerk"]}
    )
    page = client.get(answer["Location"]).content.decode()
    shown = re.search(r"<code>([^<]+)</code>", page)
    assert shown
    made = User.objects.get(username="xin.ren")
    assert (made.name, made.roles, made.organisation) == ("新 人", ["clerk"], admin.organisation)
    assert made.check_password(shown[1]) and made.must_change_password
    event = AuditEvent.objects.get(action="user.invite")
    assert (event.actor_id, event.object_key) == (admin.pk, str(made.pk))
    assert shown[1] not in str(event.detail)


def test_taken_username_is_named_in_the_form() -> None:
    make.person(None, username="taken")
    admin = make.person(None, "admin")
    answer = _client(admin).post(
        "/people-new/", {"username": "taken", "name": "甲", "roles": ["clerk"]}
    )
    assert answer.status_code == 400
    assert "已被使用" in answer.content.decode()


@pytest.mark.parametrize("role", ["importer", "auditor", "nonsense"])
def test_role_that_does_not_fit_is_refused(role: str) -> None:
    hospital = make.organisation()
    with pytest.raises(MissingInput) as refused:
        invite_person(
            organisation=hospital, username="a.b", name="甲", roles=[role],
            by=SYSTEM, at=timezone.now(),
        )  # fmt: skip
    assert refused.value.field == "roles"


def test_last_admin_stays() -> None:
    admin = make.person(None, "admin")
    other = make.person(admin.organisation, "admin")
    now = timezone.now()
    switch_off(user=other, by=admin, at=now)
    with pytest.raises(Refusal, match="至少保留一名"):
        edit_person(user=admin, name="甲", phone="", roles=["clerk"], by=admin, at=now)
    with pytest.raises(TransitionRefused, match="自己"):
        switch_off(user=admin, by=admin, at=now)
    admin.refresh_from_db()
    assert (admin.roles, admin.is_active) == (["admin"], True)


def test_refused_operation_leaves_no_event_but_the_request_does() -> None:
    admin = make.person(None, "admin")
    answer = _client(admin).post(f"/people/{admin.username}/off/")
    assert answer.status_code == 409
    assert "不能停用自己的账号" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="user.switch_off").exists()
    refused = AuditEvent.objects.get(action="request.refused")
    assert (refused.outcome, refused.actor_id, refused.detail["status"]) == (
        "refused",
        admin.pk,
        409,
    )
    assert refused.reason == "不能停用自己的账号"
    assert refused.request_id == answer["X-Request-ID"]


def test_form_without_its_token_is_refused_and_recorded() -> None:
    admin = make.person(None, "admin")
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    assert client.post(f"/people/{admin.username}/reset/").status_code == 403
    assert AuditEvent.objects.filter(action="request.refused").count() == 1
    admin.refresh_from_db()
    assert admin.check_password(make.PASSWORD)


def test_database_refuses_a_business_role_beside_a_platform_role() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.person(make.organisation("platform"), "clerk", platform_role="auditor")


def test_three_administrators_are_made_once() -> None:
    now = timezone.now()
    made = create_administrators(by=SYSTEM, at=now)
    assert [user.platform_role for user, _ in made] == ["system", "security", "auditor"]
    assert all(user.check_password(secret) and user.must_change_password for user, secret in made)
    assert len({secret for _, secret in made}) == 3
    assert create_administrators(by=SYSTEM, at=now) == []


def test_first_admin_only_where_there_is_none() -> None:
    hospital = make.organisation()
    now = timezone.now()
    create_first_admin(organisation=hospital, username="first", name="甲", by=SYSTEM, at=now)
    with pytest.raises(TransitionRefused):
        create_first_admin(organisation=hospital, username="second", name="乙", by=SYSTEM, at=now)


def test_token_acts_within_its_scopes_until_revoked() -> None:
    admin = make.person(None, "admin")
    now = timezone.now()
    token, secret = issue_token(
        organisation=admin.organisation, name="HIS", scopes=["inbox:read"], roles=["clerk"],
        days=30, by=admin, at=now,
    )  # fmt: skip
    caller = Client(headers={"authorization": f"Token {secret}"})
    assert caller.get("/api/v1/tasks/").status_code == 200
    refused = caller.get("/api/v1/me/")
    assert refused.status_code == 403
    assert "organisations:read" in refused.json()["detail"]
    assert caller.get("/tasks/").status_code == 302
    revoke_token(token=token, by=admin, at=now)
    answer = caller.get("/api/v1/tasks/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token 无", "Token " + "f" * 64, "Bearer x"]
)
def test_bad_token_is_401(header: str) -> None:
    answer = Client(headers={"authorization": header.encode("utf-8").decode("latin-1")}).get(
        "/api/v1/tasks/"
    )
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


def test_demo_people_are_sixteen_and_may_be_made_again() -> None:
    county = make.county()
    make.organisation(region=county, pool=make.pool(county.parent))
    make.organisation("enterprise", is_manufacturer=True, is_distributor=True)
    now = timezone.now()
    people = create_demo_people(password="Yanshi-2026", by=SYSTEM, at=now)
    assert len(people) == 16 == len({person.username for person in people})
    assert all(person.check_password("Yanshi-2026") for person in people)
    epochs = [person.session_epoch for person in people]
    again = create_demo_people(password="Yanshi-2026", by=SYSTEM, at=now)
    assert [person.session_epoch for person in again] == epochs
    assert create_authorities(by=SYSTEM, at=now) == 0


def test_demo_people_without_a_province_are_refused() -> None:
    Organisation.objects.filter(kind="institution").exists()
    with pytest.raises(TransitionRefused, match="load_dataset"):
        create_demo_people(password="Yanshi-2026", by=SYSTEM, at=timezone.now())
