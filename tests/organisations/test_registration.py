"""Registration: filed without an account, reviewed by the right bureau, decided once."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import Task
from organisations.models import Organisation, Region, Registration, User
from organisations.operations.registration import collect_first_password
from organisations.operations.review_registration import (
    accept_registration,
    return_registration,
    take_registration,
)
from organisations.queries.scope import Scope, scope_of
from organisations.rules import CREDIT_CODE_SIGNS, credit_code_verdict
from tests.factories import organisations as make
from tests.factories import people

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path


def credit_code(number: int) -> str:
    """A code with the right check sign."""
    body = f"9136{number:013d}"
    return next(body + sign for sign in CREDIT_CODE_SIGNS if credit_code_verdict(body + sign))


class Place:
    """A county with its bureau, city pool, and the province's bureau."""

    def __init__(self) -> None:
        self.county = make.county()
        city = self.county.parent
        assert city is not None
        self.city: Region = city
        assert city.parent is not None
        make.pool(self.city)
        self.bureau = make.organisation("bureau", region=self.county)
        self.province = make.organisation("bureau", region=city.parent)
        self.reviewer = make.person(self.bureau, "clerk", "reviewer")

    def scope(self, user: User | None = None) -> Scope:
        return scope_of(user or self.reviewer, timezone.localdate())


@pytest.fixture
def place() -> Iterator[Place]:
    yield Place()


def _form(place: Place, **changes: object) -> dict[str, Any]:
    number = make.number()
    return {
        "name": f"第{number}人民医院", "credit_code": credit_code(number), "code": f"H36{number:08d}",
        "region": place.county.code, "level": "secondary", "ownership": "public",
        "institution_kind": "hospital", "address": "某路 1 号", "contact_name": "王联系",
        "contact_phone": "0791-88886666", "admin_username": f"gly{number}", "admin_name": "管理员",
        "admin_phone": "13800001111", "files": SimpleUploadedFile("执照.pdf", PDF), **changes,
    }  # fmt: skip


def _file(
    place: Place, client: Client | None = None, kind: str = "institution", **changes: Any
) -> Any:
    return (client or Client()).post(f"/register/{kind}/", _form(place, **changes))


def _filed(place: Place, client: Client | None = None, **changes: Any) -> tuple[Registration, str]:
    answer = _file(place, client, **changes)
    assert answer.status_code == 201, answer.content.decode()[-3000:]
    found = re.findall(r"<code>([A-Z0-9]+)</code>", answer.content.decode())
    return Registration.objects.get(receipt_no=found[0]), found[1]


@pytest.mark.parametrize(
    ("code", "good"),
    [
        ("91350100M000100Y43", True),
        ("91350100M000100Y44", False),
        ("91350100M000100I43", False),
        ("9135010", False),
        ("91350100m000100y43", False),
    ],
)
def test_check_sign_of_the_standard(code: str, good: bool) -> None:
    assert bool(credit_code_verdict(code)) is good


def test_from_the_form_to_the_first_sign_in(place: Place) -> None:
    browser = Client()
    row, edit_code = _filed(place, browser)
    assert (row.state, row.bureau) == ("submitted", place.bureau)
    task = Task.objects.get(object_key=row.receipt_no, done_at__isnull=True)
    assert task.organisation == place.bureau
    now = timezone.now()
    taken = take_registration(
        registration=row, by=place.reviewer, scope=place.scope(), at=now, seen_version=None
    )
    done = accept_registration(
        registration=taken, by=place.reviewer, scope=place.scope(), at=now, seen_version=None
    )
    made = Organisation.objects.get(code=row.code)
    assert done.organisation == made
    assert (made.credit_code, made.region, made.initials[:1]) == (
        row.credit_code,
        place.county,
        "d",
    )
    assert not Task.objects.filter(object_key=row.receipt_no, done_at__isnull=True).exists()
    stranger = Client()
    page = stranger.get(f"/register/receipt/?no={row.receipt_no}").content.decode()
    assert "已通过" in page
    assert row.contact_phone not in page
    assert row.admin_username not in page
    wrong = {"no": row.receipt_no, "code": "AAAABBBBCCCC"}
    assert stranger.post("/register/receipt/", wrong).status_code == 400
    right = {"no": row.receipt_no, "code": edit_code.lower()}
    assert stranger.post("/register/receipt/", right)["Location"] == "/register/edit/"
    shown = stranger.post("/register/edit/", {"password": "1"}).content.decode()
    password = re.search(r"<code>([A-Za-z2-9]{14})</code>", shown)
    assert password
    data = {"username": row.admin_username, "password": password[1]}
    assert Client().post("/login/", data)["Location"] == "/login/enrol/"
    User.objects.filter(username=row.admin_username).update(last_login=now)
    with pytest.raises(TransitionRefused, match="已经启用"):
        collect_first_password(registration=done, at=now)


def test_enterprise_goes_to_the_province(place: Place) -> None:
    answer = _file(place, kind="enterprise", is_distributor="on")
    assert answer.status_code == 201
    assert Registration.objects.get().bureau == place.province


def test_returned_by_item_and_sent_in_again(place: Place) -> None:
    browser = Client()
    row, _ = _filed(place, browser)
    now = timezone.now()
    common: dict[str, Any] = {
        "by": place.reviewer,
        "scope": place.scope(),
        "at": now,
        "seen_version": None,
    }
    row = take_registration(registration=row, **common)
    with pytest.raises(MissingInput, match="审核意见"):
        return_registration(registration=row, review_note=" ", findings={}, **common)
    row = return_registration(
        registration=row, review_note="请补正", findings={"address": "缺门牌号"}, **common
    )
    page = browser.get("/register/edit/").content.decode()
    assert "缺门牌号" in page
    form = {name: value for name, value in _form(place).items() if name != "files"}
    form |= {"credit_code": row.credit_code, "code": row.code, "name": row.name}
    assert browser.post("/register/edit/", {**form, "address": "某路 1 号 8 栋"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.address) == ("submitted", "某路 1 号 8 栋")
    assert [step.verb for step in row.steps.order_by("pk")] == [
        "submit",
        "take",
        "return",
        "submit",
    ]


def test_draft_waits_without_a_task_and_is_withdrawn(place: Place) -> None:
    browser = Client()
    row, _ = _filed(place, browser, draft="1", files="")
    assert row.state == "draft"
    assert not Task.objects.exists()
    assert browser.post("/register/edit/", {"withdraw": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_proofs_are_needed(place: Place) -> None:
    answer = _file(place, files="")
    assert (answer.status_code, "请上传证照" in answer.content.decode()) == (400, True)
    assert not Registration.objects.exists()


@pytest.mark.parametrize("what", ["code", "credit_code", "name", "open", "username"])
def test_what_is_taken_is_refused_with_the_way_out(place: Place, what: str) -> None:
    known = make.organisation("enterprise", code=credit_code(77), name="甲公司")
    first, _ = _filed(place)
    changes: dict[str, Any] = {
        "code": {"code": make.organisation(code="H36000000099").code},
        "credit_code": {"credit_code": known.code},
        "name": {"name": "甲公司"},
        "open": {"credit_code": first.credit_code},
        "username": {"admin_username": place.reviewer.username.replace("person", "person")},
    }[what]
    answer = _file(place, **changes)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert any(word in page for word in ("请联系", "请用回执号", "请换一个"))
    assert Registration.objects.count() == 1


def test_sixth_from_one_address_within_the_hour_waits(place: Place) -> None:
    for _ in range(5):
        _filed(place)
    answer = _file(place)
    assert (answer.status_code, "稍后再试" in answer.content.decode()) == (400, True)


def test_other_bureaus_see_nothing_and_the_higher_one_only_looks(place: Place) -> None:
    row, _ = _filed(place)
    stranger = Client()
    stranger.force_login(make.person(make.organisation("bureau"), "reviewer"))
    assert stranger.get(f"/registrations/{row.receipt_no}/").status_code == 404
    above = make.person(place.province, "clerk", "reviewer")
    client = Client()
    client.force_login(above)
    assert client.get(f"/registrations/{row.receipt_no}/").status_code == 200
    with pytest.raises(NotYours):
        take_registration(
            registration=row, by=above, scope=place.scope(above), at=timezone.now(),
            seen_version=None,
        )  # fmt: skip


def test_second_reviewer_is_told_of_the_first(place: Place) -> None:
    row, _ = _filed(place)
    common: dict[str, Any] = {"by": place.reviewer, "scope": place.scope(), "at": timezone.now()}
    row = take_registration(registration=row, seen_version=row.row_version, **common)
    seen = row.row_version
    accept_registration(registration=row, seen_version=seen, **common)
    with pytest.raises(StaleVersion):
        return_registration(
            registration=row, review_note="不清楚", findings={}, seen_version=seen, **common
        )


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_decide_once() -> None:
    place = Place()
    row = people.registration(
        place.bureau, state="in_review", code=credit_code(5), credit_code=credit_code(5)
    )
    start = threading.Barrier(4)
    told: list[str] = []

    def accept() -> None:
        try:
            start.wait()
            accept_registration(
                registration=row, by=place.reviewer, scope=place.scope(), at=timezone.now(),
                seen_version=row.row_version,
            )  # fmt: skip
            told.append("done")
        except Refusal:
            told.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["done", "refused", "refused", "refused"]
    assert Organisation.objects.filter(code=row.code).count() == 1


def test_bureau_decides_on_its_page(place: Place) -> None:
    row, _ = _filed(place)
    client = Client()
    client.force_login(place.reviewer)
    listed = client.get("/registrations/").content.decode()
    assert row.name in listed
    url = f"/registrations/{row.receipt_no}/"
    assert client.post(f"{url}take/", {"version": row.row_version}).status_code == 302
    file_url = re.search(rf"{url}files/\d+/", client.get(url).content.decode())
    assert file_url
    assert b"".join(client.get(file_url[0]).streaming_content) == PDF
    row.refresh_from_db()
    empty = client.post(f"{url}return/", {"version": row.row_version, "review_note": ""})
    assert empty.status_code == 400
    assert client.post(f"{url}accept/", {"version": row.row_version}).status_code == 302
    stale = client.post(f"{url}accept/", {"version": row.row_version, "review_note": "后到的意见"})
    assert (stale.status_code, "后到的意见" in stale.content.decode()) == (409, True)
    told = AuditEvent.objects.filter(action="organisation.register").get()
    assert told.detail == {"receipt_no": row.receipt_no}
