"""代办 with both names, ending by itself; a handover that leaves nothing without a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from core.transitions import MissingInput, TransitionRefused
from inbox.models import Draft
from inbox.operations.drafts import keep_draft
from inbox.queries.open_tasks import open_tasks_of
from organisations.models import Delegation, User
from organisations.operations.delegation import end_delegation, hand_over, set_delegation
from organisations.queries.scope import scope_of
from tests.factories import inbox, people
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db


class Office:
    def __init__(self) -> None:
        self.home = make.organisation()
        self.admin = make.person(self.home, "admin", name="赵管理")
        self.li = make.person(self.home, "reviewer", "admin", name="李四")
        self.zhang = make.person(self.home, "clerk", name="张三")

    def client(self, person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client


@pytest.fixture
def office() -> Office:
    return Office()


def _set(office: Office, **changes: Any) -> Delegation:
    now = timezone.now()
    values: dict[str, Any] = {
        "absent": office.li, "delegate": office.zhang, "starts_at": now,
        "ends_at": now + timedelta(days=3), "reason": "外出培训", "by": office.admin, "at": now,
    }  # fmt: skip
    return set_delegation(**values | changes)


def test_delegate_acts_with_both_names_and_the_absents_roles(office: Office) -> None:
    inbox.task(office.home, roles=["reviewer"], title="待审核的事")
    made = _set(office)
    client = office.client(office.zhang)
    assert "待审核的事" not in client.get("/tasks/").content.decode()
    assert client.post(f"/account/stand-in/{made.pk}/begin/").status_code == 302
    page = client.get("/tasks/").content.decode()
    assert "待审核的事" in page
    assert "张三（代李四）" in page
    assert client.get("/people/").status_code == 403, "never the colleague's 机构管理员"
    client.post(f"/account/stand-in/{made.pk}/stop/")
    told = AuditEvent.objects.get(action="delegation.pause")
    assert told.actor_id == office.zhang.pk
    assert told.actor_name == f"张三（代李四）（{office.zhang.username}）"
    assert "待审核的事" not in client.get("/tasks/").content.decode()


@pytest.mark.parametrize("how", ["time", "ended", "absent off"])
def test_it_ends_at_the_next_request(office: Office, how: str) -> None:
    made = _set(office)
    client = office.client(office.zhang)
    client.post(f"/account/stand-in/{made.pk}/begin/")
    now = timezone.now()
    if how == "time":
        Delegation.objects.update(starts_at=now - timedelta(days=2), ends_at=now)
    elif how == "ended":
        end_delegation(delegation=made, by=office.admin, at=now)
    else:
        User.objects.filter(pk=office.li.pk).update(is_active=False)
    page = client.get("/account/stand-in/").content.decode()
    assert "已恢复本人身份" in page
    assert "张三（代李四）" not in page
    assert client.post(f"/account/stand-in/{made.pk}/begin/").status_code == 404


def test_nobody_takes_on_what_was_not_given(office: Office) -> None:
    made = _set(office)
    stranger = office.client(make.person(office.home, "clerk"))
    assert stranger.post(f"/account/stand-in/{made.pk}/begin/").status_code == 404
    later = _set(office, absent=office.admin, starts_at=timezone.now() + timedelta(days=1))
    client = office.client(office.zhang)
    assert client.post(f"/account/stand-in/{later.pk}/begin/").status_code == 404


@pytest.mark.parametrize("wrong", ["self", "elsewhere", "off", "backwards", "past", "overlap"])
def test_delegation_that_cannot_be_is_refused(office: Office, wrong: str) -> None:
    now = timezone.now()
    if wrong == "overlap":
        _set(office)
    changes: dict[str, Any] = {
        "self": {"delegate": office.li},
        "elsewhere": {"delegate": make.person()},
        "off": {"delegate": make.person(office.home, "clerk", is_active=False)},
        "backwards": {"ends_at": now - timedelta(days=1)},
        "past": {"starts_at": now - timedelta(days=9), "ends_at": now - timedelta(days=8)},
        "overlap": {"delegate": office.admin},
    }[wrong]
    with pytest.raises(MissingInput):
        _set(office, **changes)


def test_handover_gives_on_what_one_held_alone(office: Office) -> None:
    inbox.task(office.home, roles=["reviewer"], title="待审核的事")
    made = _set(office)
    leaving = office.client(office.li)
    assert leaving.get("/").status_code == 200
    token, _ = make.api_token(office.home, "inbox:read")
    token.created_by_name = office.li.audit_name
    token.save()
    done = hand_over(
        leaver=office.li, colleague=office.zhang, revoke_tokens=True, by=office.admin,
        at=timezone.now(),
    )  # fmt: skip
    assert (done.roles, done.tokens, done.delegations, done.drafts) == (["reviewer"], 1, 1, 0)
    assert leaving.get("/").status_code == 302
    office.zhang.refresh_from_db()
    assert office.zhang.roles == ["clerk", "reviewer"]
    scope = scope_of(office.zhang, timezone.localdate())
    assert [task.title for task in open_tasks_of(scope)] == ["待审核的事"]
    token.refresh_from_db()
    made.refresh_from_db()
    assert token.revoked_at is not None
    assert made.ends_at <= timezone.now()


def test_handover_gives_on_what_was_begun_but_never_over_the_colleagues_own(office: Office) -> None:
    now = timezone.now()
    keep_draft(key="report-1", values={"note": ["李四写到一半"]}, by=office.li, at=now)
    keep_draft(key="report-2", values={"note": ["李四的另一份"]}, by=office.li, at=now)
    keep_draft(key="report-2", values={"note": ["张三自己的"]}, by=office.zhang, at=now)
    done = hand_over(
        leaver=office.li, colleague=office.zhang, revoke_tokens=False, by=office.admin, at=now
    )
    assert done.drafts == 1
    office.zhang.refresh_from_db()
    client = office.client(office.zhang)
    assert client.get("/drafts/?key=report-1").json()["values"] == {"note": ["李四写到一半"]}
    assert client.get("/drafts/?key=report-2").json()["values"] == {"note": ["张三自己的"]}
    told = AuditEvent.objects.get(action="user.hand_over")
    assert (told.detail["to"], told.detail["drafts"]) == (office.zhang.audit_name, 1)


def test_who_stands_in_goes_on_with_the_absents_draft_until_it_ends(office: Office) -> None:
    now = timezone.now()
    keep_draft(key="report-1", values={"note": ["李四写到一半"]}, by=office.li, at=now)
    made = _set(office)
    client = office.client(office.zhang)
    assert client.get("/drafts/?key=report-1").json() == {}, "not before it was taken on"
    client.post(f"/account/stand-in/{made.pk}/begin/")
    assert client.get("/drafts/?key=report-1").json()["values"] == {"note": ["李四写到一半"]}
    client.post("/drafts/", {"_draft": "report-1", "note": "张三接着写"})
    assert client.get("/drafts/?key=report-1").json()["values"] == {"note": ["张三接着写"]}
    Delegation.objects.update(starts_at=now - timedelta(days=2), ends_at=now)
    own = client.get("/drafts/?key=report-1").json()["values"]
    assert own == {"note": ["张三接着写"]}
    back = office.client(office.li)
    assert back.get("/drafts/?key=report-1").json()["values"] == {"note": ["李四写到一半"]}


def test_draft_that_was_sent_in_somebodys_place_is_done_for_both(office: Office) -> None:
    now = timezone.now()
    keep_draft(key="report-1", values={"note": ["李四写到一半"]}, by=office.li, at=now)
    keep_draft(key="report-1", values={"note": ["王五的"]}, by=office.admin, at=now)
    made = _set(office)
    client = office.client(office.zhang)
    client.post(f"/account/stand-in/{made.pk}/begin/")
    client.post("/drafts/", {"_draft": "report-1", "_discard": "1"})
    assert list(Draft.objects.values_list("user_id", flat=True)) == [office.admin.pk]


def test_last_admin_hands_over_the_admin_role_too() -> None:
    home = make.organisation()
    alone, other = make.person(home, "admin", "clerk"), make.person(home, "clerk")
    by = make.administrator("security")
    hand_over(leaver=alone, colleague=other, revoke_tokens=False, by=by, at=timezone.now())
    other.refresh_from_db()
    assert other.roles == ["admin", "clerk"]


def test_nobody_hands_oneself_over(office: Office) -> None:
    with pytest.raises(TransitionRefused, match="不能停用自己"):
        hand_over(
            leaver=office.admin, colleague=office.zhang, revoke_tokens=False, by=office.admin,
            at=timezone.now(),
        )  # fmt: skip


def test_admin_sets_and_hands_over_on_the_page(office: Office) -> None:
    client = office.client(office.admin)
    url = f"/people/{office.li.username}/"
    assert "审核" in client.get(f"{url}handover/").content.decode()
    data = {
        "colleague": office.zhang.username, "starts_at": "2026-01-01T08:00",
        "ends_at": "2036-01-05T18:00", "reason": "产假",
    }  # fmt: skip
    assert client.post(f"{url}delegation/", data).status_code == 302
    assert client.post(f"{url}delegation/", data).status_code == 400
    made = Delegation.objects.get()
    assert client.post(f"/delegations/{made.pk}/end/").status_code == 302
    assert client.post(f"/delegations/{made.pk}/end/").status_code == 409
    assert client.post(f"{url}handover/do/", {"colleague": "nobody"}).status_code == 400
    assert (
        client.post(f"{url}handover/do/", {"colleague": office.zhang.username}).status_code == 302
    )
    office.li.refresh_from_db()
    assert not office.li.is_active


def test_factory_makes_a_live_one() -> None:
    assert people.delegation().ends_at > timezone.now()
