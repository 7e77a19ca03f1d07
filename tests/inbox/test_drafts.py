"""A draft survives a lost session, is its writer's alone, and goes when the form was accepted."""

from __future__ import annotations

import pytest
from django.test import Client

from inbox.models import Draft
from inbox.operations.drafts import MOST_DRAFTS, keep_draft
from tests.factories import organisations as make
from tests.monitoring.warnings.cast import NOW, Cast, the_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return the_cast()


@pytest.fixture
def clerk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.clerk)
    return client


def keep(client: Client, key: str, **fields: str) -> int:
    return client.post("/drafts/", {"_draft": key, **fields}).status_code


def test_draft_outlives_the_session(cast: Cast, clerk: Client) -> None:
    keep(clerk, "warning-1", explanation="写到一半")
    clerk.logout()
    lost = clerk.post(
        "/drafts/", {"_draft": "warning-1", "explanation": "丢了"}, headers={"hx-request": "true"}
    )
    assert lost.status_code == 401
    clerk.force_login(cast.clerk)
    kept = clerk.get("/drafts/?key=warning-1").json()
    assert kept["values"] == {"explanation": ["写到一半"]}


def test_others_have_no_such_draft(cast: Cast, clerk: Client) -> None:
    keep(clerk, "warning-1", explanation="写到一半")
    colleague = Client()
    colleague.force_login(make.person(cast.hospital, "clerk"))
    assert colleague.get("/drafts/?key=warning-1").json() == {}


def test_secrets_are_never_kept(clerk: Client) -> None:
    keep(clerk, "x", password="Mima-2026-xx", version="3", csrfmiddlewaretoken="t", note="记")
    assert Draft.objects.get().values == {"note": ["记"]}


def test_accepted_form_forgets_its_draft_and_refused_one_keeps_it(
    cast: Cast, clerk: Client
) -> None:
    key = f"warning-explain-{cast.warning.warning_no}"
    address = f"/monitoring/warnings/{cast.warning.warning_no}/explain/"
    keep(clerk, key, explanation="短")
    form = {"_draft": key, "version": cast.warning.row_version, "explanation": "短"}
    assert clerk.post(address, form).status_code == 400
    assert Draft.objects.filter(key=key).exists()
    answer = clerk.post(address, {**form, "explanation": "已经整改完毕，详见附件"})
    assert answer.status_code == 302
    assert not Draft.objects.filter(key=key).exists()
    assert bytes.fromhex(answer.cookies["zc-draft-done"].value).decode() == key


def test_form_that_leads_to_a_secret_forgets_its_draft_too(cast: Cast) -> None:
    """Else the next person to be added began as a copy of the one before."""
    admin = Client()
    admin.force_login(make.person(cast.hospital, "admin"))
    keep(admin, "person-new", username="new-clerk", roles="storekeeper")
    fields = {"username": "new-clerk", "name": "新经办", "roles": ["storekeeper"]}
    wrong = admin.post("/people-new/", {**fields, "username": "", "_draft": "person-new"})
    assert wrong.status_code == 400
    assert "values" in admin.get("/drafts/?key=person-new").json()
    made = admin.post("/people-new/", {**fields, "_draft": "person-new"})
    assert made.status_code == 302
    assert admin.get("/drafts/?key=person-new").json() == {}
    assert made.cookies["zc-draft-done"].value == b"person-new".hex()


def test_sign_in_redirect_is_no_acceptance(cast: Cast, clerk: Client) -> None:
    key = "warning-1"
    keep(clerk, key, explanation="写到一半")
    clerk.logout()
    clerk.post(
        f"/monitoring/warnings/{cast.warning.warning_no}/explain/", {"_draft": key, "version": 1}
    )
    assert Draft.objects.filter(key=key).exists()


def test_without_a_version_a_change_is_refused_by_name(cast: Cast, clerk: Client) -> None:
    answer = clerk.post(
        f"/monitoring/warnings/{cast.warning.warning_no}/explain/",
        {"explanation": "已经整改完毕，详见附件"},
    )
    assert answer.status_code == 400
    assert "请刷新本页后再办理" in answer.content.decode()
    cast.warning.refresh_from_db()
    assert cast.warning.state == "open"


def test_second_of_two_editors_gets_both_versions(cast: Cast, clerk: Client) -> None:
    address = f"/monitoring/warnings/{cast.warning.warning_no}/explain/"
    colleague = Client()
    colleague.force_login(make.person(cast.hospital, "clerk"))
    version = cast.warning.row_version
    colleague.post(address, {"version": version, "explanation": "同事先写的说明"})
    answer = clerk.post(address, {"version": version, "explanation": "我后写的说明"})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "同事先写的说明" in page
    assert "我后写的说明" in page
    cast.warning.refresh_from_db()
    assert cast.warning.explanation == "同事先写的说明"


def test_nonsense_is_refused_and_old_drafts_make_room(cast: Cast, clerk: Client) -> None:
    assert keep(clerk, "", note="记") == 400
    assert keep(clerk, "x" * 201, note="记") == 400
    assert keep(clerk, "x", note="字" * 200_001) == 400
    for number in range(MOST_DRAFTS + 2):
        keep_draft(key=f"k{number}", values={}, by=cast.clerk, at=NOW)
    assert Draft.objects.count() == MOST_DRAFTS
