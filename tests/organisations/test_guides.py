"""办事指南: public pages of the offices, edited by the office itself, with what was before kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from core.transitions import MissingInput, StaleVersion, TransitionRefused
from organisations.models import Guide, GuideFile, GuideService, Organisation, ReceptionDay, User
from organisations.operations.guides import (
    add_guide_file,
    add_reception_day,
    cancel_reception_day,
    save_contacts,
    save_service,
    withdraw_guide_file,
)
from organisations.queries.guides import guide_is_stale, guides_matching, office_for
from organisations.queries.scope import scope_of
from tests.factories import organisations as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
CONTACTS = {
    "address": "青山湖路 1 号",
    "hours": "工作日 9:00—17:00",
    "phones": [{"label": "咨询", "number": "0791-00000001"}],
    "transport": "",
    "note": "",
}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _no_visits_yet() -> None:
    cache.clear()


@pytest.fixture
def bureau() -> Organisation:
    return make.organisation("bureau", name="戊县医保局", code="YB999001", initials="wxybj")


@pytest.fixture
def clerk(bureau: Organisation) -> User:
    return make.person(bureau, "clerk")


def _saved(bureau: Organisation, clerk: User, **changes: object) -> Guide:
    return save_contacts(organisation=bureau, values=CONTACTS | changes, by=clerk, at=NOW)


def test_saving_is_public_at_once_and_keeps_what_was_before(
    bureau: Organisation, clerk: User, client: Client
) -> None:
    _saved(bureau, clerk)
    _saved(bureau, clerk, address="新大楼 2 号")
    page = client.get("/guide/YB999001/").content.decode()
    assert "新大楼 2 号" in page and "青山湖路" not in page
    event = AuditEvent.objects.filter(action="guide.save_contacts").latest("pk")
    assert event.detail["before"]["address"] == "青山湖路 1 号"
    assert event.detail["after"]["address"] == "新大楼 2 号"
    assert event.actor_id == clerk.pk


def test_second_of_two_editors_is_told(bureau: Organisation, clerk: User) -> None:
    seen = _saved(bureau, clerk).row_version
    _saved(bureau, clerk, address="甲改")
    with pytest.raises(StaleVersion):
        save_contacts(organisation=bureau, values=CONTACTS, by=clerk, at=NOW, seen_version=seen)
    assert Guide.objects.get().address == "甲改"


def test_public_pages_need_no_session_and_may_be_cached(
    bureau: Organisation, clerk: User, client: Client
) -> None:
    _saved(bureau, clerk)
    for address in ("/guide/", "/guide/YB999001/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "public, max-age=300"
        assert not answer.cookies
    client.force_login(clerk)
    answer = client.get("/guide/YB999001/")
    assert "public" not in answer["Cache-Control"]
    assert clerk.name not in answer.content.decode()


def test_visits_from_one_address_are_limited(
    bureau: Organisation, client: Client, settings: object
) -> None:
    settings.PUBLIC_PAGES_PER_MINUTE = 3  # type: ignore[attr-defined]
    codes = [client.get("/guide/").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    assert client.get("/guide/", REMOTE_ADDR="192.0.2.9").status_code == 200


@pytest.mark.parametrize(
    ("words", "region", "found"),
    [
        ("戊县", "", True), ("wxyb", "", True), ("配送关系", "", True), ("psgx", "", True),
        ("没有的事", "", False), ("", "above", True), ("", "000009", False),
    ],
)  # fmt: skip
def test_search_by_name_initials_service_and_region(
    words: str, region: str, found: bool, bureau: Organisation, clerk: User
) -> None:
    _saved(bureau, clerk)
    service = {"name": "配送关系咨询", "audience": "", "materials": "", "steps": "一", "time_limit": "",
               "position": 0}  # fmt: skip
    save_service(organisation=bureau, service=None, values=service, by=clerk, at=NOW)
    assert bureau.region and bureau.region.parent and bureau.region.parent.parent
    code = bureau.region.parent.parent.code if region == "above" else region
    assert guides_matching(words=words, region=code).exists() is found


def test_an_ended_service_is_not_shown_or_found(bureau: Organisation, clerk: User) -> None:
    guide = _saved(bureau, clerk)
    make.guide_service(guide, name="旧事项", is_active=False)
    assert not guides_matching(words="旧事项").exists()


def test_two_services_of_one_name_are_refused(bureau: Organisation, clerk: User) -> None:
    guide = _saved(bureau, clerk)
    make.guide_service(guide, name="挂网咨询")
    values = {"name": "挂网咨询", "audience": "", "materials": "", "steps": "一", "time_limit": "",
              "position": 0}  # fmt: skip
    with pytest.raises(MissingInput, match="同名"):
        save_service(organisation=bureau, service=None, values=values, by=clerk, at=NOW)
    assert GuideService.objects.count() == 1


def test_reception_days(bureau: Organisation, clerk: User, client: Client) -> None:
    _saved(bureau, clerk)
    today = timezone.localdate()
    common = {"organisation": bureau, "place": "一楼", "topic": "", "by": clerk}
    with pytest.raises(MissingInput, match="早于今天"):
        add_reception_day(day=date(2026, 3, 1), opens=time(9), closes=time(10), at=NOW, **common)  # type: ignore[arg-type]
    day = add_reception_day(day=today, opens=time(9), closes=time(11), at=timezone.now(), **common)  # type: ignore[arg-type]
    with pytest.raises(MissingInput, match="已有接待"):
        add_reception_day(day=today, opens=time(9), closes=time(12), at=timezone.now(), **common)  # type: ignore[arg-type]
    assert f"{today:%Y-%m-%d}" in client.get("/guide/").content.decode()
    cancel_reception_day(organisation=bureau, day=day, note="停电", by=clerk, at=timezone.now())
    with pytest.raises(TransitionRefused):
        cancel_reception_day(organisation=bureau, day=day, note="再次", by=clerk, at=timezone.now())
    assert ReceptionDay.objects.get().cancel_note == "停电"
    assert "近期没有公布接待日" in client.get("/guide/YB999001/").content.decode()


def test_stale_after_a_year(bureau: Organisation) -> None:
    assert not guide_is_stale(date(2025, 3, 2), date(2026, 3, 2))
    assert guide_is_stale(date(2025, 3, 1), date(2026, 3, 2))


def test_stale_guide_says_so_until_it_is_confirmed(
    bureau: Organisation, clerk: User, client: Client
) -> None:
    make.guide(bureau, reviewed_on=timezone.localdate() - timedelta(days=366))
    assert "超过一年未核对" in client.get("/guide/YB999001/").content.decode()
    officer = Client()
    officer.force_login(clerk)
    assert officer.post("/office/guide/confirm/").status_code == 302
    assert "超过一年未核对" not in client.get("/guide/YB999001/").content.decode()


def test_a_form_to_download(bureau: Organisation, clerk: User, client: Client) -> None:
    _saved(bureau, clerk)
    upload = SimpleUploadedFile("申请表.pdf", PDF)
    file = add_guide_file(
        organisation=bureau, title="申请表", kind="form", uploads=[upload], by=clerk, at=NOW
    )
    address = f"/guide/YB999001/files/{file.pk}/"
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
    assert answer["X-Content-Type-Options"] == "nosniff"
    # Open to all the world: nobody is noted for reading it.
    assert not AuditEvent.objects.filter(action="file.download").exists()
    other = make.guide(make.organisation("bureau", code="YB999002"))
    assert client.get(f"/guide/YB999002/files/{file.pk}/").status_code == 404
    assert other.files.count() == 0
    withdraw_guide_file(organisation=bureau, file=file, by=clerk, at=NOW)
    assert client.get(address).status_code == 404


def test_a_file_with_a_known_threat_is_refused(bureau: Organisation, clerk: User) -> None:
    _saved(bureau, clerk)
    eicar = PDF + rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    with pytest.raises(MissingInput, match="安全检查"):
        add_guide_file(
            organisation=bureau, title="表", kind="form", by=clerk, at=NOW,
            uploads=[SimpleUploadedFile("表.pdf", eicar)],
        )  # fmt: skip
    assert not GuideFile.objects.exists()


def test_editing_by_page_names_a_wrong_phone_line(
    bureau: Organisation, clerk: User, client: Client
) -> None:
    client.force_login(clerk)
    given = {"address": "路 1 号", "hours": "工作日", "phones": "咨询：0791-00000001\n找小王"}
    answer = client.post("/office/guide/", given)
    assert answer.status_code == 400 and "第 2 行" in answer.content.decode()
    assert not Guide.objects.exists()
    assert (
        client.post("/office/guide/", given | {"phones": "咨询：0791-00000001"}).status_code == 302
    )
    assert Guide.objects.get().phones == [{"label": "咨询", "number": "0791-00000001"}]


def test_reviewer_alone_does_not_edit(bureau: Organisation, client: Client) -> None:
    client.force_login(make.person(bureau, "reviewer"))
    assert client.get("/office/guide/").status_code == 403


def test_the_right_office_for_each(client: Client) -> None:
    province = make.region()
    city = make.region(parent=province)
    county = make.region(parent=city)
    hospital = make.organisation(region=county)
    maker = make.organisation("enterprise")
    centre = make.organisation("procurement_centre", region=province)
    of_city, of_county = (make.organisation("bureau", region=place) for place in (city, county))

    def asked(by: Organisation) -> Organisation | None:
        return office_for(scope_of(make.person(by, "clerk"), date(2026, 3, 2)))

    assert asked(hospital) is None
    make.guide(centre)
    assert asked(hospital) == centre and asked(maker) == centre
    make.guide(of_city)
    assert asked(hospital) == of_city and asked(of_county) == of_city
    make.guide(of_county)
    assert asked(hospital) == of_county
    assert asked(of_county) == of_city
    client.force_login(make.person(hospital, "clerk"))
    assert client.get("/guide/mine/")["Location"] == f"/guide/{of_county.code}/"
    assert Client().get("/guide/mine/")["Location"] == "/guide/"
    make.guide(make.organisation("procurement_centre", region=make.region()))
    assert asked(maker) is None
