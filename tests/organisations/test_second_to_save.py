"""Whoever saves second gets both versions, and nothing of the first is overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from inbox.operations.announcements import edit_announcement, write_announcement
from inbox.operations.webhooks import change_webhook
from organisations.models import User
from organisations.operations.guides import CONTACT_FIELDS, save_contacts, save_service
from organisations.operations.people import edit_person
from organisations.queries.scope import scope_of
from tests.factories import feed
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Race:
    """A form as the second person had it open, what the first wrote meanwhile, and the row."""

    url: str
    sent: dict[str, Any]
    typed: str
    kept: str
    row: Any
    field: str


def of_a_person(by: User) -> Race:
    person = make.person(by.organisation, "clerk", name="原名")
    seen = person.row_version
    edit_person(user=person, name="先到的名", phone="", roles=["clerk"], by=by, at=timezone.now())
    sent = {"name": "后到的名", "phone": "", "roles": ["clerk"], "version": seen}
    return Race(f"/people/{person.username}/", sent, "后到的名", "先到的名", person, "name")


def of_a_webhook(by: User) -> Race:
    row = feed.webhook_endpoint(by.organisation)
    seen, url = row.row_version, "https://hook.example.org/zc"
    change_webhook(
        endpoint=row, name="先到的名", url=url, kinds=["notice.sent"], by=by, at=timezone.now()
    )
    sent = {"name": "后到的名", "url": url, "kinds": ["notice.sent"], "version": seen}
    return Race(f"/webhooks/{row.number}/change/", sent, "后到的名", "先到的名", row, "name")


def of_an_announcement(by: User) -> Race:
    scope = scope_of(by, timezone.localdate())
    values: dict[str, Any] = {
        "title": "原题", "category": "notice", "body": "正文", "kinds": ["institution"],
        "area": "", "batch_code": "", "valid_until": None, "needs_receipt": False,
        "is_pinned": False, "is_public": False,
    }  # fmt: skip
    row = write_announcement(values=values, uploads=[], by=by, scope=scope, at=timezone.now())
    seen = row.row_version
    edit_announcement(
        announcement=row, values=values | {"title": "先到的名"}, uploads=[], dropped=[], by=by,
        scope=scope, at=timezone.now(),
    )  # fmt: skip
    sent = {
        "title": "后到的名", "category": "notice", "body": "正文", "kinds": ["institution"],
        "area": "", "batch_code": "", "valid_until": "", "version": seen,
    }  # fmt: skip
    return Race(f"/announcements/{row.code}/edit/", sent, "后到的名", "先到的名", row, "title")


def of_a_guide(by: User) -> Race:
    guide = make.guide(by.organisation)
    seen = guide.row_version
    values = {name: getattr(guide, name) for name in CONTACT_FIELDS} | {"address": "先到的路"}
    save_contacts(organisation=by.organisation, values=values, by=by, at=timezone.now())
    sent = {"address": "后到的路", "hours": guide.hours, "phones": "咨询：000-00000000",
            "version": seen}  # fmt: skip
    return Race("/office/guide/", sent, "后到的路", "先到的路", guide, "address")


def of_a_service(by: User) -> Race:
    make.guide(by.organisation)
    values = {"name": "原名", "audience": "", "materials": "", "steps": "一步", "time_limit": "",
              "position": 1}  # fmt: skip
    row = save_service(
        organisation=by.organisation, service=None, values=values, by=by, at=timezone.now()
    )
    seen = row.row_version
    save_service(
        organisation=by.organisation, service=row, values=values | {"name": "先到的名"}, by=by,
        at=timezone.now(),
    )  # fmt: skip
    sent = values | {"name": "后到的名", "version": seen}
    return Race(f"/office/guide/services/{row.pk}/", sent, "后到的名", "先到的名", row, "name")


@pytest.mark.parametrize(
    "race", [of_a_person, of_a_webhook, of_an_announcement, of_a_guide, of_a_service]
)
def test_second_to_save_gets_both_versions(race: Any) -> None:
    by = make.person(make.organisation("bureau"), "admin", "clerk", "reviewer")
    client = Client()
    client.force_login(by)
    run: Race = race(by)
    answer = client.post(run.url, run.sent)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert run.typed in text
    assert run.kept in text
    run.row.refresh_from_db()
    assert getattr(run.row, run.field) == run.kept
    fresh = run.sent | {"version": run.row.row_version}
    assert client.post(run.url, fresh).status_code == 302
    run.row.refresh_from_db()
    assert getattr(run.row, run.field) == run.typed


@pytest.mark.parametrize("version", ["abc", "0", "-1", "1.5", "²", "9" * 30, "1 OR 1=1"])
@pytest.mark.parametrize(
    "race", [of_a_person, of_a_webhook, of_an_announcement, of_a_guide, of_a_service]
)
def test_a_version_that_is_none_is_refused_and_not_read_as_no_version(
    race: Any, version: str
) -> None:
    by = make.person(make.organisation("bureau"), "admin", "clerk", "reviewer")
    client = Client()
    client.force_login(by)
    run: Race = race(by)
    answer = client.post(run.url, run.sent | {"version": version})
    text = answer.content.decode()
    assert answer.status_code == 400
    assert "页面的版本标记不对，请刷新后再办理" in text and run.typed in text
    run.row.refresh_from_db()
    assert getattr(run.row, run.field) == run.kept
    # The form in error is sent again as it stands: still refused, still nothing written over.
    assert answer.context["version"] == version
    assert client.post(run.url, run.sent | {"version": version}).status_code == 400
    run.row.refresh_from_db()
    assert getattr(run.row, run.field) == run.kept


def test_step_on_an_announcement_that_was_edited_meanwhile_shows_both() -> None:
    by = make.person(make.organisation("bureau"), "admin", "clerk", "reviewer")
    run = of_an_announcement(by)
    client = Client()
    client.force_login(by)
    url = f"/announcements/{run.row.code}/submit/"
    answer = client.post(url, {"version": run.sent["version"]})
    assert (answer.status_code, run.kept in answer.content.decode()) == (409, True)
    run.row.refresh_from_db()
    assert run.row.state == "draft"
    assert client.post(url, {"version": run.row.row_version}).status_code == 302
