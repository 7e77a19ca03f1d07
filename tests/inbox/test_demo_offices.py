"""The demonstration's offices: guides everywhere, announcements by two people, manuals that open."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest

from core.attachments.inspect import inspect
from core.audit.record import SystemActor
from inbox.models import Announcement, ContactPoint
from interchange.management.demo_run.offices import manuals, open_offices
from organisations.documents.manual import manual_docx
from organisations.models import Guide, GuideFile, ReceptionDay
from organisations.operations.demo_guides import create_demo_guides
from tests.factories import organisations as make

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


def _words(docx: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(docx)) as book:
        tree = ElementTree.fromstring(book.read("word/document.xml"))
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    return ["".join(p.itertext()) for p in tree.iter(f"{space}p")]


def test_manual_keeps_every_heading_paragraph_and_item() -> None:
    text = "# 标题\n\n一段，\n接着。\n\n- **甲** & [乙](x.md)\n- 丙 <丁>\n"
    made = manual_docx(text)
    assert _words(made) == ["标题", "一段，接着。", "- 甲 & 乙", "- 丙 <丁>"]
    assert manual_docx(text) == made


def test_manuals_of_the_handbook_are_accepted_as_uploads() -> None:
    for title, body in manuals().items():
        seen = inspect(name=f"{title}.docx", size=len(body), content=io.BytesIO(body))
        assert not seen.dangerous and len(_words(body)) >= 3


@pytest.mark.django_db
def test_every_office_has_its_guide_and_a_second_start_adds_nothing(
    django_assert_max_num_queries: object,
) -> None:
    province = make.region()
    city = make.region(parent=province)
    offices = [make.organisation("bureau", region=place) for place in (province, city)]
    written = make.guide(make.organisation("procurement_centre", region=province))
    by = SystemActor("测试")
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        assert create_demo_guides(manuals=manuals(), by=by, at=NOW) == 2
    assert create_demo_guides(manuals=manuals(), by=by, at=NOW) == 0
    assert written.files.count() == 0
    assert GuideFile.objects.count() == 6 and ReceptionDay.objects.count() == 6
    for guide in Guide.objects.filter(organisation__in=offices):
        assert all(phone["number"].startswith("000-") for phone in guide.phones)
        assert all(day.day >= NOW.date() for day in guide.reception_days.all())


@pytest.mark.django_db
def test_announcements_are_written_and_published_by_two_people() -> None:
    region = make.region()
    for username in ("province", "city"):
        bureau = make.organisation("bureau", region=region)
        make.person(bureau, "clerk", "reviewer", "leader", username=username)
    make.organisation(region=make.region(parent=make.region(parent=region)))
    make.organisation("enterprise")
    for _ in range(2):
        open_offices()
    out = Announcement.objects.filter(state="published")
    assert out.count() == 5 and Announcement.objects.filter(state="submitted").count() == 1
    assert all(row.submitted_by_id != row.state_by_id for row in out)
    assert ContactPoint.objects.filter(address__endswith="@example.invalid").count() == 2
