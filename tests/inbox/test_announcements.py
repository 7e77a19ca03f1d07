"""公告: written by one, published by another, read by whom it is meant for, never deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from core.transitions import MissingInput, NotYours, TransitionRefused
from inbox.models import Announcement, AnnouncementReceipt, Notice, Task
from inbox.operations.announcements import (
    edit_announcement,
    note_reading,
    publish_announcement,
    remind_unread,
    return_announcement,
    revise_announcement,
    submit_announcement,
    withdraw_announcement,
    write_announcement,
)
from inbox.queries.announcements import reach, received
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from tests.factories import organisations as make
from tests.factories import stages
from tests.factories.stages import Parties

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
VALUES: dict[str, Any] = {
    "title": "关于开展报量培训的通知", "category": "training", "body": "第一段\n\n第二段", "kinds": [],
    "area": "", "batch_code": "", "valid_until": None, "is_public": False, "needs_receipt": True,
    "is_pinned": False,
}  # fmt: skip


@dataclass(frozen=True)
class Cast:
    bureau: Organisation
    own: Organisation
    other_county: Organisation
    other_city: Organisation
    maker: Organisation
    writer: User
    reviewer: User


@pytest.fixture(autouse=True)
def _no_visits_yet() -> None:
    cache.clear()


@pytest.fixture
def cast() -> Cast:
    province = make.region()
    city, elsewhere = make.region(parent=province), make.region(parent=province)
    here, there = make.region(parent=city), make.region(parent=city)
    bureau = make.organisation("bureau", region=city, name="丙市医保局")
    return Cast(
        bureau=bureau,
        own=make.organisation(region=here),
        other_county=make.organisation(region=there),
        other_city=make.organisation(region=make.region(parent=elsewhere)),
        maker=make.organisation("enterprise"),
        writer=make.person(bureau, "clerk", "reviewer"),
        reviewer=make.person(bureau, "reviewer"),
    )


def _scope(user: User) -> Scope:
    return scope_of(user, NOW.date())


def _write(cast: Cast, *, uploads: Any = (), **changes: Any) -> Announcement:
    return write_announcement(
        values=VALUES | changes, uploads=uploads, by=cast.writer, scope=_scope(cast.writer), at=NOW
    )


def _publish(cast: Cast, draft: Announcement, at: datetime = NOW) -> Announcement:
    submit_announcement(announcement=draft, by=cast.writer, scope=_scope(cast.writer), at=at)
    return publish_announcement(
        announcement=draft, by=cast.reviewer, scope=_scope(cast.reviewer), at=at
    )


def _told(of: Announcement) -> set[int]:
    return set(of.recipients.values_list("organisation_id", flat=True))


def test_whoever_submits_does_not_publish(cast: Cast) -> None:
    draft = _write(cast)
    submit_announcement(announcement=draft, by=cast.writer, scope=_scope(cast.writer), at=NOW)
    with pytest.raises(NotYours, match="不能是提交人本人"):
        publish_announcement(announcement=draft, by=cast.writer, scope=_scope(cast.writer), at=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == ("submitted", None)


def test_published_reaches_the_own_region_and_tells_each_once(cast: Cast) -> None:
    out = _publish(cast, _write(cast, kinds=["institution"]))
    assert _told(out) == {cast.own.pk, cast.other_county.pk}
    assert set(Notice.objects.values_list("organisation_id", "category")) == {
        (cast.own.pk, "announcement"), (cast.other_county.pk, "announcement"),
    }  # fmt: skip
    assert out.code == out.series and out.code.startswith("GG2026-")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"own", "other_county", "maker"}),
        ({"kinds": ["enterprise"]}, {"maker"}),
        ({"area": "own"}, {"own", "maker"}),
        ({"area": "own", "kinds": ["institution"]}, {"own"}),
        ({"batch_code": "PC-1"}, {"own", "maker"}),
    ],
)
def test_audience(cast: Cast, changes: dict[str, Any], expected: set[str]) -> None:
    parties = Parties(cast.own, cast.maker, make.organisation("enterprise", is_active=False))
    line = stages.agreement_line(parties)
    line.batch.code = "PC-1"
    line.batch.save(update_fields=["code"])
    if changes.get("area"):
        changes = changes | {"area": cast.own.region.code}  # type: ignore[union-attr]
    told = _told(_publish(cast, _write(cast, **changes)))
    named = ("own", "other_county", "other_city", "maker")
    assert {name for name in named if getattr(cast, name).pk in told} == expected


def test_meant_for_nobody_is_refused(cast: Cast) -> None:
    draft = _write(cast, kinds=["finance"])
    submit_announcement(announcement=draft, by=cast.writer, scope=_scope(cast.writer), at=NOW)
    with pytest.raises(MissingInput, match="没有一家"):
        publish_announcement(
            announcement=draft, by=cast.reviewer, scope=_scope(cast.reviewer), at=NOW
        )
    draft.refresh_from_db()
    assert draft.state == "submitted" and draft.published_at is None


def test_only_those_meant_see_it_and_only_once_published(cast: Cast) -> None:
    reader, stranger = make.person(cast.own, "clerk"), make.person(cast.other_city, "clerk")
    draft = _write(cast, kinds=["institution"])
    assert not received(_scope(reader), NOW.date()).exists()
    _publish(cast, draft)
    assert list(received(_scope(reader), NOW.date())) == [draft]
    assert not received(_scope(stranger), NOW.date()).exists()


def test_opening_is_reading_and_counts_once_for_the_organisation(cast: Cast) -> None:
    out = _publish(cast, _write(cast, kinds=["institution"]))
    client = Client()
    client.force_login(make.person(cast.own, "clerk"))
    for _ in range(2):
        assert client.get(f"/announcements/{out.code}/").status_code == 200
    note_reading(announcement=out, by=make.person(cast.own, "leader"), at=NOW)
    assert AnnouncementReceipt.objects.count() == 2
    counts = reach(out)
    assert (counts.meant, counts.read, counts.unread) == (2, 1, 1)
    officer = Client()
    officer.force_login(cast.reviewer)
    page = officer.get(f"/announcements/{out.code}/readers/").content.decode()
    assert cast.other_county.name in page and cast.own.name not in page


def test_opening_it_reads_its_notice_too(cast: Cast) -> None:
    out = _publish(cast, _write(cast, kinds=["institution"]))
    reader = make.person(cast.own, "clerk")
    note_reading(announcement=out, by=reader, at=NOW)
    assert [notice.organisation_id for notice in reader.read_notices.all()] == [cast.own.pk]


def test_each_step_waits_for_the_next_person(cast: Cast) -> None:
    def waiting() -> list[tuple[str, list[str]]]:
        rows = Task.objects.filter(done_at__isnull=True)
        return list(rows.values_list("act", "roles"))

    draft = _write(cast)
    submit_announcement(announcement=draft, by=cast.writer, scope=_scope(cast.writer), at=NOW)
    assert waiting() == [("review_announcement", ["reviewer", "leader"])]
    return_announcement(
        announcement=draft, note="写明地点", by=cast.reviewer, scope=_scope(cast.reviewer), at=NOW
    )
    assert waiting() == [("mend_announcement", ["clerk", "reviewer", "leader"])]
    _publish(cast, draft)
    assert waiting() == []


def test_receipts_cannot_be_changed(cast: Cast) -> None:
    out = _publish(cast, _write(cast))
    note_reading(announcement=out, by=make.person(cast.own, "clerk"), at=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        AnnouncementReceipt.objects.update(read_at=NOW + timedelta(days=1))


def test_unread_are_reminded_once_a_day_while_it_asks_for_a_receipt(cast: Cast) -> None:
    out = _publish(cast, _write(cast, kinds=["institution"]))
    _publish(cast, _write(cast, kinds=["institution"], needs_receipt=False))
    note_reading(announcement=out, by=make.person(cast.own, "clerk"), at=NOW)
    next_day = NOW + timedelta(days=1)
    for _ in range(2):
        assert remind_unread(on=next_day.date(), at=next_day) == 1
    reminders = Notice.objects.filter(key__contains=":remind:")
    assert [notice.organisation_id for notice in reminders] == [cast.other_county.pk]
    later = NOW + timedelta(days=15)
    assert remind_unread(on=later.date(), at=later) == 0


def test_correction_takes_the_place_of_the_first(cast: Cast) -> None:
    first = _publish(cast, _write(cast, uploads=[SimpleUploadedFile("表.pdf", PDF)]))
    second = revise_announcement(
        announcement=first, by=cast.writer, scope=_scope(cast.writer), at=NOW
    )
    with pytest.raises(TransitionRefused, match="在起草"):
        revise_announcement(announcement=first, by=cast.writer, scope=_scope(cast.writer), at=NOW)
    edit_announcement(
        announcement=second, values=VALUES | {"title": "更正后的标题"}, uploads=[], dropped=[],
        by=cast.writer, scope=_scope(cast.writer), at=NOW,
    )  # fmt: skip
    first.refresh_from_db()
    assert first.state == "published"
    _publish(cast, second)
    first.refresh_from_db()
    assert (first.state, second.code) == ("superseded", f"{first.code}-2")
    reader = make.person(cast.own, "clerk")
    assert [row.title for row in received(_scope(reader), NOW.date())] == ["更正后的标题"]
    client = Client()
    client.force_login(reader)
    old = client.get(f"/announcements/{first.code}/").content.decode()
    assert "第一段" not in old and second.code in old
    assert "表.pdf" in client.get(f"/announcements/{second.code}/").content.decode()


def test_withdrawn_stays_with_its_reason_without_its_text(cast: Cast) -> None:
    out = _publish(cast, _write(cast, is_public=True))
    with pytest.raises(MissingInput):
        withdraw_announcement(
            announcement=out, note=" ", by=cast.reviewer, scope=_scope(cast.reviewer), at=NOW
        )
    withdraw_announcement(
        announcement=out, note="日期有误", by=cast.reviewer, scope=_scope(cast.reviewer), at=NOW
    )
    page = Client().get(f"/public/announcements/{out.code}/")
    assert page.status_code == 200
    assert "日期有误" in page.content.decode() and "第一段" not in page.content.decode()
    assert out.title not in Client().get("/public/announcements/").content.decode()


def test_returned_goes_back_to_its_author_with_what_to_mend(cast: Cast) -> None:
    draft = _write(cast)
    submit_announcement(announcement=draft, by=cast.writer, scope=_scope(cast.writer), at=NOW)
    with pytest.raises(TransitionRefused, match="不能修改"):
        edit_announcement(
            announcement=draft, values=VALUES, uploads=[], dropped=[], by=cast.writer,
            scope=_scope(cast.writer), at=NOW,
        )  # fmt: skip
    back = return_announcement(
        announcement=draft, note="写明地点", by=cast.reviewer, scope=_scope(cast.reviewer), at=NOW
    )
    assert (back.state, back.review_note) == ("draft", "写明地点")


def test_public_one_and_its_file_are_read_by_anybody(cast: Cast) -> None:
    upload = SimpleUploadedFile("手册.pdf", PDF)
    inside = _publish(cast, _write(cast, title="仅限内部"))
    out = _publish(cast, _write(cast, is_public=True, uploads=[upload]))
    nobody = Client()
    listed = nobody.get("/public/announcements/?q=bl").content.decode()
    assert out.title in listed and inside.title not in listed
    page = nobody.get(f"/public/announcements/{out.code}/")
    assert page["Cache-Control"] == "public, max-age=300" and "第二段" in page.content.decode()
    assert nobody.get(f"/public/announcements/{inside.code}/").status_code == 404
    address = (
        page.content.decode().split(f"/public/announcements/{out.code}/files/")[1].split("/")[0]
    )
    file = nobody.get(f"/public/announcements/{out.code}/files/{address}/")
    assert b"".join(file.streaming_content) == PDF  # type: ignore[attr-defined]


def test_past_its_date_it_leaves_the_list_but_not_the_address(cast: Cast) -> None:
    out = _publish(cast, _write(cast, valid_until=NOW.date()))
    reader = _scope(make.person(cast.own, "clerk"))
    assert received(reader, NOW.date()).exists()
    assert not received(reader, NOW.date() + timedelta(days=1)).exists()
    client = Client()
    client.force_login(make.person(cast.own, "clerk"))
    assert client.get(f"/announcements/{out.code}/").status_code == 200


def test_text_is_shown_as_text(cast: Cast) -> None:
    out = _publish(cast, _write(cast, body="<script>alert(1)</script>", is_public=True))
    assert b"<script>alert" not in Client().get(f"/public/announcements/{out.code}/").content


def test_a_region_outside_the_own_one_is_no_choice(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.writer)
    foreign = cast.other_city.region
    assert foreign is not None
    given = {"title": "通知", "category": "notice", "body": "正文", "area": foreign.code}
    assert client.post("/announcements/new/", given).status_code == 400
    assert not Announcement.objects.exists()
    assert client.post("/announcements/new/", given | {"area": ""}).status_code == 302


def test_list_costs_the_same_for_one_and_three(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    client = Client()
    client.force_login(make.person(cast.own, "clerk"))
    _publish(cast, _write(cast))
    with django_assert_max_num_queries(40) as one:
        client.get("/announcements/")
    for _ in range(2):
        _publish(cast, _write(cast))
    with django_assert_max_num_queries(40) as three:
        client.get("/announcements/")
    # Each publication adds an unread notice, which is counted in the same query.
    assert len(three) == len(one)
