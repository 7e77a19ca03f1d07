"""What an office's own system does by API: mend an application, write a guide, publish, hand over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from core.audit.models import AuditEvent
from inbox.models import Announcement, Task
from organisations.models import Delegation, Guide, Organisation, OrganisationChange, User
from tests.days import dated, in_days
from tests.factories import catalog
from tests.factories import organisations as make
from tests.factories.rehearsals import rehearsal
from tests.organisations.test_registration import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path


def _province() -> Any:
    city = make.county().parent
    assert city is not None
    return city.parent


class Offices:
    def __init__(self) -> None:
        county = make.county()
        self.bureau = make.organisation("bureau", region=county)
        self.hospital = make.organisation(name="老城医院", region=county, pool=make.pool(county))
        self.admin = make.person(self.hospital, "admin", "clerk", username="zhao")
        self.colleague = make.person(self.hospital, "clerk", username="qian")
        self.writer = make.person(self.bureau, "clerk", "reviewer")
        self.second = make.person(self.bureau, "reviewer", "leader")


@pytest.fixture
def offices() -> Offices:
    return Offices()


def _call(person: User, method: str, path: str, body: Any = None, **more: Any) -> Any:
    client = Client()
    client.force_login(person)
    if body is not None and any(isinstance(v, SimpleUploadedFile) for v in body.values()):
        return client.post(f"/api/v1/{path}", body)
    return getattr(client, method)(
        f"/api/v1/{path}", body or {}, content_type="application/json", **more
    )


def _applied(offices: Offices) -> str:
    answer = _call(
        offices.admin, "post", "organisation-changes/",
        {"kind": "rename", "new_name": "东城医院", "effective_on": str(in_days(10)), "reason": "批复",
         "files": SimpleUploadedFile("批复.pdf", PDF)},
    )  # fmt: skip
    assert answer.status_code == 201, answer.json()
    return str(answer.json()["change_no"])


def _sent_back(offices: Offices) -> str:
    number = _applied(offices)
    answer = _call(
        offices.writer, "post", f"organisation-changes/{number}/return/",
        {"version": 1, "review_note": "缺批复文号"},
    )  # fmt: skip
    assert answer.json()["state"] == "returned"
    return number


def test_a_returned_application_is_mended_under_its_number_and_waits_for_the_bureau_again(
    offices: Offices,
) -> None:
    number = _sent_back(offices)
    answer = _call(
        offices.admin, "post", f"organisation-changes/{number}/resubmit/",
        {"version": 2, "new_name": "东城人民医院", "effective_on": str(in_days(10)), "reason": "某卫发〔2026〕3号",
         "files": SimpleUploadedFile("文号.pdf", PDF)},
    )  # fmt: skip
    assert answer.status_code == 200, answer.json()
    said = answer.json()
    assert (said["state"], said["new_name"], said["version"]) == ("submitted", "东城人民医院", 3)
    files = _call(offices.writer, "get", f"organisation-changes/{number}/files/").json()
    assert [file["name"] for file in files] == ["批复.pdf", "文号.pdf"]
    waiting = Task.objects.filter(object_key=number, done_at__isnull=True)
    assert [task.organisation_id for task in waiting] == [offices.bureau.pk]
    (event,) = AuditEvent.objects.filter(action="organisation_change.mend")
    assert event.detail["before"]["new_name"] == "东城医院"
    accepted = _call(
        offices.writer, "post", f"organisation-changes/{number}/accept/", {"version": 3}
    )
    assert accepted.json()["state"] == "accepted"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"effective_on": timedelta(days=-1)}, "#/effective_on"),
        ({"new_name": "老城医院"}, "#/new_name"),
        ({"new_name": ""}, "#/new_name"),
        ({"reason": " "}, "#/reason"),
        ({"version": 0}, "#/version"),
    ],
    ids=str,
)
def test_what_is_still_wrong_leaves_it_returned(
    offices: Offices, change: dict[str, Any], pointer: str
) -> None:
    number = _sent_back(offices)
    body = {
        "version": 2,
        "new_name": "东城人民医院",
        "effective_on": str(in_days(10)),
        "reason": "文号",
    }
    answer = _call(
        offices.admin, "post", f"organisation-changes/{number}/resubmit/", body | dated(change)
    )
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    row = OrganisationChange.objects.get(change_no=number)
    assert (row.state, row.new_name, row.row_version) == ("returned", "东城医院", 2)


def test_only_the_newest_version_is_mended_and_only_once(offices: Offices) -> None:
    number = _sent_back(offices)
    body = {
        "version": 1,
        "new_name": "东城人民医院",
        "effective_on": str(in_days(10)),
        "reason": "文号",
    }
    path = f"organisation-changes/{number}/resubmit/"
    assert _call(offices.admin, "post", path, body).status_code == 409
    assert _call(offices.admin, "post", path, body | {"version": 2}).status_code == 200
    assert _call(offices.admin, "post", path, body | {"version": 3}).status_code == 409


def test_the_page_of_mending_shows_what_the_bureau_said_and_what_was_filed(
    offices: Offices,
) -> None:
    number = _sent_back(offices)
    client = Client()
    client.force_login(offices.admin)
    page = client.get(f"/organisation-changes/{number}/mend/").content.decode()
    assert "缺批复文号" in page and "东城医院" in page and "承接机构编码" not in page
    sent = client.post(
        f"/organisation-changes/{number}/mend/",
        {
            "version": 2,
            "new_name": "东城人民医院",
            "effective_on": str(in_days(10)),
            "reason": "文号",
        },
    )
    assert sent.status_code == 302
    assert OrganisationChange.objects.get(change_no=number).state == "submitted"


def test_a_guide_is_written_published_and_read(offices: Offices) -> None:
    words = {
        "address": "人民路 1 号",
        "hours": "工作日",
        "phones": [{"label": "咨询", "number": "另行公布"}],
    }
    wrong = _call(offices.writer, "put", "own-guide/contacts/", words)
    assert wrong.status_code == 400 and wrong.json()["errors"][0]["pointer"] == "#/phones/0/number"
    words["phones"] = [{"label": "咨询", "number": "0791-88880000"}]
    assert _call(offices.writer, "put", "own-guide/contacts/", words).status_code == 200
    stale = _call(offices.writer, "put", "own-guide/contacts/", words | {"version": 9})
    assert stale.status_code == 409
    service = {"name": "挂网申请", "steps": "登录\n填报"}
    assert _call(offices.writer, "post", "own-guide-services/", service).status_code == 201
    again = _call(offices.writer, "post", "own-guide-services/", service)
    assert again.status_code == 400 and again.json()["errors"][0]["pointer"] == "#/name"
    day = {"day": "2099-01-05", "opens": "09:00", "closes": "08:00", "place": "大厅"}
    early = _call(offices.writer, "post", "own-reception-days/", day)
    assert early.json()["errors"][0]["pointer"] == "#/closes"
    assert (
        _call(offices.writer, "post", "own-reception-days/", day | {"closes": "11:00"}).status_code
        == 201
    )
    paper = _call(
        offices.writer, "post", "own-guide-files/",
        {"title": "申请表", "kind": "form", "files": SimpleUploadedFile("申请表.pdf", PDF)},
    )  # fmt: skip
    assert paper.status_code == 201, paper.json()
    read = _call(offices.admin, "get", f"guides/{offices.bureau.code}/").json()
    assert [one["name"] for one in read["services"]] == ["挂网申请"]
    assert [one["title"] for one in read["files"]] == ["申请表"]
    number = read["files"][0]["id"]
    file = _call(offices.admin, "get", f"guides/{offices.bureau.code}/files/{number}/")
    assert b"".join(file.streaming_content) == PDF
    assert Guide.objects.get(organisation=offices.bureau).row_version == read["version"]


def test_an_announcement_is_written_reviewed_by_another_and_read(offices: Offices) -> None:
    make_other = make.organisation("bureau", region=offices.bureau.region.parent)
    words = {"title": "停机通知", "category": "notice", "body": "周六停机", "kinds": ["institution"],
             "area": "999999"}  # fmt: skip
    unknown = _call(offices.writer, "post", "own-announcements/", words)
    assert unknown.json()["errors"][0]["pointer"] == "#/area"
    made = _call(offices.writer, "post", "own-announcements/", words | {"area": ""})
    code = made.json()["code"]
    assert _call(offices.writer, "post", f"own-announcements/{code}/submit/").status_code == 200
    own = _call(offices.writer, "post", f"own-announcements/{code}/publish/")
    assert own.status_code == 403
    done = _call(offices.second, "post", f"own-announcements/{code}/publish/")
    assert done.json()["state"] == "published"
    unread = _call(offices.second, "get", f"own-announcements/{code}/readers/?only=unread").json()
    assert [row["organisation"] for row in unread["results"]] == [offices.hospital.code]
    assert _call(offices.admin, "post", f"announcements/{code}/read/").status_code == 200
    read = _call(offices.second, "get", f"own-announcements/{code}/readers/?only=read").json()
    assert [row["first_reader"] for row in read["results"]] == [offices.admin.name]
    stranger = make.person(make_other, "clerk")
    assert _call(stranger, "get", f"own-announcements/{code}/").status_code == 404
    assert Announcement.objects.get(code=code).state == "published"


def test_a_delegation_is_set_by_the_admin_and_a_leaver_is_handed_over(offices: Offices) -> None:
    now = timezone.now()
    body = {"absent": "qian", "delegate": "zhao", "starts_at": now.isoformat(),
            "ends_at": (now + timedelta(days=2)).isoformat(), "reason": "培训"}  # fmt: skip
    assert _call(offices.colleague, "post", "delegations/", body).status_code == 403
    unknown = _call(offices.admin, "post", "delegations/", body | {"delegate": "nobody"})
    assert unknown.json()["errors"][0]["pointer"] == "#/delegate"
    made = _call(offices.admin, "post", "delegations/", body)
    assert made.status_code == 201, made.json()
    again = _call(offices.admin, "post", "delegations/", body)
    assert again.json()["errors"][0]["pointer"] == "#/starts_at"
    done = _call(offices.admin, "post", "people/qian/handover/", {"colleague": "zhao"})
    assert done.json() == {"roles": [], "tokens": 0, "delegations": 1}
    assert not User.objects.get(username="qian").is_active
    assert Delegation.objects.get(pk=made.json()["id"]).ends_at <= timezone.now()


def test_security_rules_are_bounded_and_set_by_the_security_administrator_alone() -> None:
    values = {"password_length": 12, "password_days": 90, "password_history": 5, "failure_limit": 5,
              "lock_minutes": 30, "idle_minutes": 20, "absolute_hours": 8, "reason": "年度检查"}  # fmt: skip
    keeper, auditor = make.administrator("security"), make.administrator("auditor")
    assert _call(auditor, "post", "security-policies/", values).status_code == 403
    loose = _call(keeper, "post", "security-policies/", values | {"idle_minutes": 31})
    assert loose.json()["errors"][0]["pointer"] == "#/idle_minutes"
    missing = {name: value for name, value in values.items() if name != "lock_minutes"}
    assert _call(keeper, "post", "security-policies/", missing).status_code == 400
    assert _call(keeper, "post", "security-policies/", values).status_code == 201
    assert _call(keeper, "post", "security-policies/", values).status_code == 409
    read = _call(auditor, "get", "security-policies/").json()["results"]
    assert [row["idle_minutes"] for row in read] == [20]


def test_a_rehearsal_is_read_as_on_its_page() -> None:
    province, twin = _province(), _province()
    bureau = make.person(make.organisation("bureau", region=province), "clerk", "reviewer")
    change = catalog.value_change(
        policy=catalog.policy(province_code=province.code, effective_from=date(2090, 1, 1))
    )
    assert _call(bureau, "get", f"rehearsals/{change.change_no}/").status_code == 404
    counts = {"now": 3, "then": 5, "named": 2, "cleared": 0, "severity": 0}
    rehearsal(change, months=[{"month": "2026-02", **counts}])
    said = _call(bureau, "get", f"rehearsals/{change.change_no}/").json()
    assert said["months"] == [{"month": "2026-02", **counts}]
    wrong = _call(bureau, "get", f"rehearsals/{change.change_no}/rows/?month=2026-13")
    assert wrong.json()["errors"][0]["pointer"] == "#/month"
    none_yet = _call(bureau, "post", "rehearsals/", {"change_no": change.change_no, "months": 13})
    assert none_yet.json()["errors"][0]["pointer"] == "#/months"
    stranger = make.person(make.organisation("bureau", region=twin), "clerk")
    assert _call(stranger, "get", f"rehearsals/{change.change_no}/").status_code == 404


def test_the_second_factor_of_oneself_is_not_reset_by_oneself(offices: Offices) -> None:
    answer = _call(offices.admin, "post", "people/zhao/second-factor-reset/")
    assert answer.status_code == 409
    assert "另一名管理员" in answer.json()["detail"]
    assert Organisation.objects.get(pk=offices.hospital.pk).is_active
