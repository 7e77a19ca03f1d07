"""督导检查: planned, visited, fed back, mended item by item, judged (赣2024 四、十八)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from core.attachments.models import Attachment
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from core.workdays.deadlines import SHANGHAI, shanghai_day
from inbox.models import Notice, Task
from monitoring.models import SiteInspection
from monitoring.operations.inspections.feed_back import feed_back_inspection
from monitoring.operations.inspections.plan import (
    InspectionTask,
    change_plan,
    plan_inspections,
)
from monitoring.operations.inspections.rectify import answer_inspection, judge_inspection
from monitoring.operations.inspections.telling import tell_late_inspections
from monitoring.operations.inspections.visit import record_visit
from monitoring.queries.site_inspection_page import checklist_of, facts_of, of_inspection
from monitoring.queries.site_inspections import (
    files_of,
    items_of,
    to_mend,
    visible_site_inspections,
)
from monitoring.rules.inspection import OF_ENTERPRISES, OF_INSTITUTIONS, Found
from organisations.models import Organisation, User
from organisations.queries.scope import Scope, scope_of
from tests.factories import actions as make_actions
from tests.factories import organisations as people
from tests.factories import site_inspections as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 10, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()
PROBLEM = Found("problem", "三个品种没有采购", "一个月内进院")


class Cast:
    def __init__(self) -> None:
        county = people.county()
        assert county.parent
        assert county.parent.parent
        self.hospital = people.organisation(region=county)
        self.other = people.organisation(region=county)
        self.county = people.organisation("bureau", region=county)
        self.city = people.organisation("bureau", region=county.parent)
        self.province = people.organisation("bureau", region=county.parent.parent)
        self.maker = people.organisation("enterprise")
        self.users: dict[int, User] = {}

    def user(self, of: Organisation) -> User:
        if of.pk not in self.users:
            made = people.person(of, "clerk")
            self.users[of.pk] = User.objects.select_related(
                "organisation__region__parent__parent"
            ).get(pk=made.pk)
        return self.users[of.pk]

    def scope(self, of: Organisation) -> Scope:
        return scope_of(self.user(of), TODAY)

    def acting(self, of: Organisation, at: datetime = NOW) -> dict[str, Any]:
        return {"by": self.user(of), "scope": self.scope(of), "at": at}

    def plan(self, by: Organisation | None = None, **more: Any) -> SiteInspection:
        values: dict[str, Any] = {
            "name": "季度督导", "subjects": [more.pop("subject", self.hospital)],
            "matter": "现场核实", "planned_on": date(2026, 4, 13), "inspectors": "甲、乙",
            "items": ("进院采购", "收货确认", "报量"),
        }  # fmt: skip
        task = InspectionTask(**values | more)
        return plan_inspections(task=task, **self.acting(by or self.county))[0]

    def visit(self, row: SiteInspection, found: dict[int, Found], **more: Any) -> SiteInspection:
        values: dict[str, Any] = {
            "visited_on": TODAY, "present": "院长", "visit_note": "查阅台账"
        }  # fmt: skip
        return record_visit(
            inspection=row, found=found, **values | more, **self.acting(self.county)
        )

    def fed_back(self, **more: Any) -> SiteInspection:
        row = self.visit(self.plan(), {1: PROBLEM, 2: Found("ok"), 3: PROBLEM})
        return feed_back_inspection(
            inspection=row, conclusion="逐项整改", **more, **self.acting(self.county)
        )


def waiting() -> list[tuple[str, int]]:
    return list(
        Task.objects.filter(done_at__isnull=True, object_type="site_inspection").values_list(
            "act", "organisation_id"
        )
    )


def paper(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(
        name, b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/pdf"
    )


def test_from_the_plan_to_the_last_finding_mended() -> None:
    cast = Cast()
    row = cast.plan()
    assert waiting() == [("visit_inspection", cast.county.pk)]
    assert Notice.objects.filter(organisation=cast.hospital, title__contains="通知").exists()
    hospital = cast.scope(cast.hospital)
    assert visible_site_inspections(hospital).get() == row
    assert not visible_site_inspections(cast.scope(cast.other)).exists()

    found = {1: PROBLEM, 2: Found("ok"), 3: PROBLEM}
    row = cast.visit(row, found, uploads=[paper("现场.pdf")])
    # The visited know of the visit, nothing of what was found.
    assert [each["finding"] for each in checklist_of(hospital, row)] == ["", "", ""]
    assert not any(each["result"] for each in checklist_of(hospital, row))
    assert files_of(hospital, row) == []
    assert "查阅台账" not in str(facts_of(hospital, row))
    assert len(files_of(cast.scope(cast.county), row)) == 1
    assert waiting() == [("feed_back_inspection", cast.county.pk)]

    row = feed_back_inspection(
        inspection=row, conclusion="逐项整改", **cast.acting(cast.county)
    )  # fmt: skip
    # rectification_workdays (10) from Friday 10 April 2026.
    assert (row.state, row.due_on) == ("rectifying", date(2026, 4, 24))
    assert row.letter_no == "督查反馈〔2026〕1号"
    assert {each.name.rpartition(".")[2] for each in files_of(hospital, row)} == {"pdf", "docx"}
    assert waiting() == [("mend_inspection", cast.hospital.pk)]

    with pytest.raises(MissingInput, match="第 3 项") as lacks:
        answer_inspection(inspection=row, answers={1: "已采购"}, **cast.acting(cast.hospital))
    assert lacks.value.field == "answer_3"
    with pytest.raises(MissingInput, match="第 2 项不在"):
        answer_inspection(
            inspection=row, answers={1: "a", 2: "b", 3: "c"}, **cast.acting(cast.hospital)
        )
    row = answer_inspection(
        inspection=row, answers={1: "已采购", 3: "已补报"}, uploads=[paper("整改.pdf")],
        **cast.acting(cast.hospital),
    )  # fmt: skip
    with pytest.raises(MissingInput, match="第 3 项"):
        judge_inspection(
            inspection=row, verdicts={1: True}, note="属实", **cast.acting(cast.county)
        )
    row = judge_inspection(
        inspection=row,
        verdicts={1: True, 3: False},
        note="第三项没有凭证",
        **cast.acting(cast.city),
    )
    assert row.state == "returned"
    assert [each.seq for each in to_mend(row)] == [3]
    assert waiting() == [("mend_inspection", cast.hospital.pk)]

    row = answer_inspection(
        inspection=row, answers={3: "凭证附后"}, **cast.acting(cast.hospital)
    )  # fmt: skip
    row = judge_inspection(
        inspection=row, verdicts={3: True}, note="属实", **cast.acting(cast.county)
    )  # fmt: skip
    assert (row.state, waiting()) == ("closed", [])
    trail = AuditEvent.objects.filter(object_type="site_inspection").order_by("pk")
    assert [each.action.partition(".")[2] for each in trail] == [
        "plan", "visit", "feed_back", "letter", "answer", "return", "judge_items", "answer",
        "accept", "judge_items",
    ]  # fmt: skip


def test_nothing_found_closes_with_its_letter() -> None:
    cast = Cast()
    row = cast.visit(cast.plan(), {n: Found("ok") for n in (1, 2)} | {3: Found("not_applicable")})
    with pytest.raises(MissingInput, match="没有发现问题"):
        feed_back_inspection(
            inspection=row, conclusion="良好", due_on=date(2026, 5, 1), **cast.acting(cast.county)
        )
    row = feed_back_inspection(inspection=row, conclusion="良好", **cast.acting(cast.county))
    assert (row.state, row.due_on, waiting()) == ("closed", None, [])
    assert Attachment.objects.filter(owner_type="inspection_letter", owner_id=row.pk).count() == 2


def test_an_unannounced_visit_is_unseen_until_it_is_fed_back() -> None:
    cast = Cast()
    row = cast.plan(announced=False)
    hospital = cast.scope(cast.hospital)
    assert not visible_site_inspections(hospital).exists()
    assert not Notice.objects.filter(organisation=cast.hospital).exists()
    row = change_plan(
        inspection=row, verb="reschedule", note="车辆", planned_on=date(2026, 4, 14),
        **cast.acting(cast.county),
    )  # fmt: skip
    row = cast.visit(row, {1: PROBLEM, 2: Found("ok"), 3: Found("ok")})
    assert not Notice.objects.filter(organisation=cast.hospital).exists()
    assert not visible_site_inspections(hospital).exists()
    feed_back_inspection(inspection=row, conclusion="整改", **cast.acting(cast.county))
    assert visible_site_inspections(hospital).get().pk == row.pk


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"planned_on": date(2026, 4, 9)}, "planned_on", "不早于今天"),
        ({"planned_on": date(2027, 4, 12)}, "planned_on", "一年之内"),
        ({"subjects": []}, "subjects", "被检查单位"),
        ({"name": " "}, "name", "任务名称"),
        ({"matter": " "}, "matter", "事由"),
        ({"inspectors": " "}, "inspectors", "检查人员"),
        ({"items": ["甲"] * 41}, "items", "最多 40 项"),
        ({"items": ["甲", "长" * 301]}, "items", "第 2 项"),
    ],
)  # fmt: skip
def test_a_plan_that_is_wrong_is_refused(more: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(MissingInput, match=words) as found:
        Cast().plan(**more)
    assert found.value.field == field
    assert not SiteInspection.objects.exists()


def test_bounds_of_a_plan_and_the_standard_lists() -> None:
    cast = Cast()
    cast.plan(planned_on=TODAY)
    cast.plan(planned_on=TODAY + timedelta(days=366), subject=cast.other)
    for subject, lines in ((cast.maker, OF_ENTERPRISES), (cast.hospital, OF_INSTITUTIONS)):
        row = cast.plan(by=cast.province, subject=subject, items=())
        assert [each.matter for each in items_of(row)] == [each.matter for each in lines]
    with pytest.raises(TransitionRefused, match="这一天已有"):
        cast.plan(by=cast.province, subject=cast.maker)
    with pytest.raises(NotYours):
        cast.plan(by=cast.hospital)
    with pytest.raises(MissingInput, match="医疗机构和企业"):
        cast.plan(subject=cast.city)


def test_a_task_is_one_inspection_each_or_none() -> None:
    cast = Cast()
    cast.plan(subjects=[cast.hospital, cast.other, cast.hospital])
    rows = SiteInspection.objects.order_by("pk")
    assert [each.subject for each in rows] == [cast.hospital, cast.other]
    assert len({each.task_no for each in rows}) == 1
    third = people.organisation(region=cast.county.region)
    with pytest.raises(TransitionRefused, match="这一天已有"):
        cast.plan(subjects=[third, cast.other])
    assert SiteInspection.objects.count() == 2
    assert not Task.objects.filter(title__contains=third.name).exists()
    many = [people.organisation(region=cast.county.region) for _ in range(51)]
    with pytest.raises(MissingInput, match="最多 50 家"):
        cast.plan(subjects=many)


def test_the_measure_that_it_carries_out_is_of_the_same_subject_and_running() -> None:
    cast = Cast()
    mine = make_actions.supervision_action(cast.hospital, office=cast.county, state="issued")
    others = make_actions.supervision_action(cast.other, office=cast.county, state="issued")
    idea = make_actions.supervision_action(cast.hospital, office=cast.county)
    for wrong, words in ((others, "不是被检查单位"), (idea, "在办的措施")):
        with pytest.raises(MissingInput, match=words):
            cast.plan(action=wrong)
    assert cast.plan(action=mine).clause == mine.clause


@pytest.mark.parametrize(
    ("found", "more", "field"),
    [
        ({1: Found("ok"), 2: Found("ok")}, {}, "result_3"),
        ({1: Found("problem"), 2: Found("ok"), 3: Found("ok")}, {}, "finding_1"),
        ({1: Found("problem", "缺货"), 2: Found("ok"), 3: Found("ok")}, {}, "demand_1"),
        ({1: Found("ok", "缺货"), 2: Found("ok"), 3: Found("ok")}, {}, "finding_1"),
        ({1: Found("bad"), 2: Found("ok"), 3: Found("ok")}, {}, "result_1"),
        ({n: Found("ok") for n in (1, 2, 3, 4)}, {}, "results"),
        ({n: Found("ok") for n in (1, 2, 3)}, {"visited_on": date(2026, 4, 9)}, "visited_on"),
        ({n: Found("ok") for n in (1, 2, 3)}, {"visited_on": date(2026, 4, 11)}, "visited_on"),
        ({n: Found("ok") for n in (1, 2, 3)}, {"present": " "}, "present"),
        ({n: Found("ok") for n in (1, 2, 3)}, {"visit_note": " "}, "visit_note"),
    ],
)  # fmt: skip
def test_results_that_are_wrong_write_nothing(
    found: dict[int, Found], more: dict[str, Any], field: str
) -> None:
    cast = Cast()
    row = cast.plan()
    with pytest.raises(MissingInput) as said, transaction.atomic():
        cast.visit(row, found, **more)
    assert said.value.field == field
    row.refresh_from_db()
    assert (row.state, {each.result for each in items_of(row)}) == ("planned", {""})


def test_the_due_day_passes_once() -> None:
    cast = Cast()
    row = cast.fed_back(due_on=date(2026, 4, 20))
    for on, told in ((date(2026, 4, 20), 0), (date(2026, 4, 21), 1), (date(2026, 4, 22), 0)):
        assert tell_late_inspections(on=on, at=NOW) == told
    late = Notice.objects.filter(title__contains="期限已过")
    assert set(late.values_list("organisation_id", flat=True)) == {
        cast.hospital.pk, cast.county.pk,
    }  # fmt: skip
    # An answer behind the day is taken and says that it is late.
    row = answer_inspection(
        inspection=row, answers={1: "已采购", 3: "已补报"},
        **cast.acting(cast.hospital, datetime(2026, 4, 21, 9, tzinfo=SHANGHAI)),
    )  # fmt: skip
    assert "（逾期）" in str(facts_of(cast.scope(cast.hospital), row))
    given = of_inspection(cast.scope(cast.county), row.inspection_no)
    assert given["subject"] == cast.hospital.code
    assert "三个品种没有采购" in given["matter"]


def test_who_may_not_and_the_database_refuse() -> None:
    cast = Cast()
    row = cast.plan(by=cast.city)
    with pytest.raises(NotYours):
        cast.visit(row, {n: Found("ok") for n in (1, 2, 3)})  # the county below the office
    with pytest.raises(NotYours):
        change_plan(inspection=row, verb="cancel", note="不办", **cast.acting(cast.hospital))
    with pytest.raises(MissingInput, match="意见"):
        change_plan(inspection=row, verb="cancel", note=" ", **cast.acting(cast.province))
    change_plan(inspection=row, verb="cancel", note="并入专项", **cast.acting(cast.province))
    assert waiting() == []
    item = items_of(row)[0]
    item.result = "problem"
    with pytest.raises(IntegrityError), transaction.atomic():
        item.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        make.site_inspection(cast.other, office=cast.county, state="visited", visit_note="")


def test_page_keeps_what_was_typed_and_names_the_item() -> None:
    cast = Cast()
    row = make.site_inspection(cast.hospital, office=cast.county, planned_on=shanghai_day(NOW))
    make.site_inspection_item(row, matter="进院采购")
    client = Client()
    client.force_login(cast.user(cast.county))
    url = reverse("site-inspection-act", args=[row.inspection_no, "visit"])
    typed = {"version": 1, "visited_on": "2025-01-06", "present": "院长", "visit_note": "查阅台账",
             "result_1": "problem", "finding_1": "没有采购"}  # fmt: skip
    answer = client.post(url, typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "请填写第 1 项的整改要求" in page
    assert "查阅台账" in page
    assert client.post(url, typed | {"demand_1": "进院"}).status_code == 302
    again = client.post(url, typed | {"demand_1": "进院"})
    assert again.status_code == 409


@pytest.mark.django_db(transaction=True)
def test_fed_back_once_however_many_feed_back() -> None:
    cast = Cast()
    row = cast.visit(cast.plan(), {n: Found("ok") for n in (1, 2, 3)})
    start, said = Barrier(2), []

    def act() -> None:
        start.wait()
        try:
            feed_back_inspection(
                inspection=row, conclusion="良好", seen_version=row.row_version,
                **cast.acting(cast.county),
            )  # fmt: skip
            said.append("done")
        except (StaleVersion, Refusal) as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=act) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["StaleVersion", "done"]
    assert Attachment.objects.filter(owner_type="inspection_letter").count() == 2
