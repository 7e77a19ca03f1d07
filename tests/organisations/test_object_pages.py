"""Pages of objects with steps, rendered: who holds it, what can be done, what happened, which papers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from inbox.operations.webhooks import pause_webhook
from organisations.models import User
from organisations.operations.change_organisation import decide_change
from organisations.operations.delegation import set_delegation
from organisations.operations.review_registration import take_registration
from organisations.queries.scope import scope_of
from tests.factories import core as papers
from tests.factories import feed, inbox
from tests.factories import organisations as make
from tests.factories import people as offices

pytestmark = pytest.mark.django_db


def reader(*roles: str, kind: str = "bureau") -> tuple[Client, User]:
    person = make.person(make.organisation(kind), *roles)
    client = Client()
    client.force_login(person)
    return client, person


def labels(page: object) -> dict[str, str]:
    """Acts by label, with the reason why not."""
    return {act["label"]: act.get("reason", "") for act in page.context["offered"]}  # type: ignore[attr-defined]


def test_registration_tells_its_holder_and_then_what_was_done() -> None:
    client, officer = reader("clerk", "reviewer")
    row = offices.registration(officer.organisation)
    papers.attachment(owner_type="registration", owner_id=row.pk)
    url = f"/registrations/{row.receipt_no}/"
    before = client.get(url)
    assert labels(before)["受理"] == ""
    assert "只有“审核中”的注册申请可以通过" in labels(before)["通过"]
    assert before.context["holder"] == officer.organisation.name
    assert len(before.context["documents"]) == 1
    take_registration(
        registration=row,
        by=officer,
        scope=scope_of(officer, timezone.localdate()),
        at=timezone.now(),
        seen_version=row.row_version,
    )
    after = client.get(url)
    assert [step["what"] for step in after.context["timeline"]] == ["受理", "等待办理"]
    assert labels(after)["通过"] == ""
    assert 'id="decide"' in after.content.decode()


def test_change_names_the_office_and_not_the_officer_to_its_applicant() -> None:
    applicant = make.person(make.organisation(), "admin")
    officer = make.person(make.organisation("bureau"), "reviewer", name="审核某某")
    row = offices.organisation_change(applicant.organisation, officer.organisation)
    decide_change(
        change=row, verb="return", review_note="批复不清楚", by=officer, scope=scope_of(officer, timezone.localdate()),
        at=timezone.now(), seen_version=row.row_version,
    )  # fmt: skip
    client = Client()
    client.force_login(applicant)
    page = client.get(f"/organisation-changes/{row.change_no}/")
    (step, waiting) = page.context["timeline"]
    assert (step["what"], step["note"]) == ("退回补正", "批复不清楚")
    assert step["who"] == officer.organisation.name
    assert waiting["who"] == row.old_name
    assert labels(page) == {"重新提交": "", "撤回": ""}
    client.force_login(officer)
    own = client.get(f"/organisation-changes/{row.change_no}/")
    assert "审核某某" in own.context["timeline"][0]["who"]
    assert "只有“待审核”的变更申请可以通过" in labels(own)["通过"]


def test_announcement_offers_steps_to_its_office_alone() -> None:
    client, author = reader("clerk")
    draft = inbox.announcement(author.organisation)
    page = client.get(f"/announcements/{draft.code}/")
    assert labels(page) == {"修改": "", "提交审核": ""}
    assert page.context["holder"].endswith("经办")
    out = inbox.announcement(state="published")
    inbox.announcement_recipient(out, author.organisation)
    told = client.get(f"/announcements/{out.code}/")
    assert (told.context["offered"], told.context["timeline"]) == ([], [])
    assert "zc-holder" not in told.content.decode()


def test_paused_webhook_says_why_it_cannot_be_tried() -> None:
    client, admin = reader("admin")
    endpoint = feed.webhook_endpoint(admin.organisation)
    url = f"/webhooks/{endpoint.number}/"
    assert labels(client.get(url))["恢复"] == "该回调地址正在使用，不需要恢复"
    pause_webhook(endpoint=endpoint, by=admin, at=timezone.now())
    page = client.get(url)
    assert labels(page)["发送测试"] == "回调地址已暂停，请先恢复"
    assert [step["what"] for step in page.context["timeline"]] == ["暂停回调"]


def test_absence_shows_who_stands_in_until_when() -> None:
    client, admin = reader("admin", "clerk")
    absent = make.person(admin.organisation, "clerk", name="外出的人")
    url = f"/people/{absent.username}/handover/"
    assert "本人在岗" in client.get(url).content.decode()
    now = timezone.now()
    set_delegation(
        absent=absent, delegate=make.person(admin.organisation, "clerk", name="代办的人"),
        starts_at=now, ends_at=now + timedelta(days=2), reason="培训", by=admin, at=now,
    )  # fmt: skip
    page = client.get(url)
    assert labels(page)["取消代办"] == ""
    assert "代办的人（代）" in page.content.decode()
    assert [step["what"] for step in page.context["timeline"]] == ["设定代办"]
