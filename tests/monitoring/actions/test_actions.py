"""监管措施: the ladder proposes, a named officer takes, the subject answers, the office judges."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from docx import Document

from core.attachments.store import path_of
from core.audit.models import AuditEvent
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from core.workdays.deadlines import SHANGHAI
from inbox.models import Notice, Task
from monitoring.forms.action import ActionTakeForm
from monitoring.models import SupervisionAction
from monitoring.operations.actions.answer import (
    answer_action,
    dismiss_action,
    judge_action,
    record_minutes,
)
from monitoring.operations.actions.climb import propose_steps
from monitoring.queries.action_page import LETTER, files_of
from monitoring.queries.actions import visible_actions
from monitoring.states.action_kinds import KINDS, LADDERS, fits, next_step
from organisations.models import Standing
from tests.factories import organisations as people
from tests.monitoring.actions.cast import NOW, Cast

pytestmark = pytest.mark.django_db


class Clock:
    audit_id = None
    audit_name = "定时任务"
    audit_organisation_id = None
    audit_organisation_name = ""


def climb(on: date) -> Any:
    at = datetime(on.year, on.month, on.day, 3, tzinfo=SHANGHAI)
    return propose_steps(on=on, by=Clock(), at=at)  # type: ignore[arg-type]


@pytest.fixture
def cast() -> Cast:
    return Cast()


def seen_by(cast: Cast, of: Any, action: SupervisionAction) -> bool:
    scope = cast.acting(of)["scope"]
    return visible_actions(scope).filter(pk=action.pk).exists()


def test_ladders_climb_one_step_at_a_time_and_end() -> None:
    for side, ladder in LADDERS.items():
        climbed = [ladder[0]]
        while following := next_step(side, climbed[-1]):
            climbed.append(following)
        assert tuple(climbed) == ladder
        assert all(side in KINDS[kind].of for kind in ladder)
    assert next_step("enterprise", "suspend_settlement") == "document_penalty"
    assert next_step("institution", "supervise") == "bulletin"


@pytest.mark.parametrize(
    ("kind", "side", "level", "words"),
    [
        ("educate", "enterprise", "county", "只对医疗机构作出"),
        ("remind", "institution", "city", "只对企业作出"),
        ("caution", "enterprise", "city", "由省级医保局作出"),
        ("suspend_settlement", "enterprise", "county", "由省级医保局作出"),
        ("interview", "enterprise", "county", ""),
        ("caution", "enterprise", "province", ""),
    ],
)
def test_kind_fits_side_and_level(kind: str, side: str, level: str, words: str) -> None:
    said = fits(kind, side=side, level=level)
    assert said.ok == (not words)
    assert words in said.reason


def test_late_warning_is_proposed_the_day_after_its_due_day_and_once(cast: Cast) -> None:
    warnings = [cast.warning(), cast.warning(severity="red", group_code="G2")]
    cast.warning(state="explained", group_code="G3")
    assert climb(date(2026, 3, 9)).first == 0
    assert climb(date(2026, 3, 10)).first == 1
    assert climb(date(2026, 3, 10)).first == 0
    (made,) = SupervisionAction.objects.all()
    assert (made.kind, made.state, made.office_id) == ("educate", "proposed", cast.county.pk)
    assert made.subject == cast.hospital
    assert set(made.rests_on.values_list("warning", flat=True)) == {w.pk for w in warnings}
    assert "赣2024 五" in made.clause
    assert all(each.warning_no in made.figure for each in warnings)
    assert Task.objects.filter(
        organisation=cast.county, act="decide_proposals", done_at=None
    ).exists()
    # Nobody but bureaus knows of it, and nothing was taken.
    assert [seen_by(cast, of, made) for of in (cast.county, cast.city, cast.province)] == [True] * 3
    others = (cast.hospital, cast.neighbour, cast.maker, cast.health, cast.stranger)
    assert not any(seen_by(cast, of, made) for of in others)
    assert not Notice.objects.filter(organisation=cast.hospital).exists()
    # What was dismissed is not proposed again.
    dismiss_action(action=made, note="已电话核实", **cast.acting(cast.county))
    assert climb(date(2026, 3, 11)).first == 0
    assert not Task.objects.filter(act="decide_proposals", done_at=None).exists()


def test_late_delivery_in_red_goes_straight_to_an_interview(cast: Cast) -> None:
    cast.warning(
        cast.maker, rule="late_delivery", severity="red", subject_type="manufacturer",
        institution=None, enterprise=cast.maker, province=cast.province.region,
    )  # fmt: skip
    assert climb(date(2026, 3, 10)).first == 1
    made = SupervisionAction.objects.get()
    assert (made.kind, made.level, made.office_id) == ("interview", "province", cast.province.pk)


def test_taken_answered_accepted_with_letter_and_trail(cast: Cast) -> None:
    warning = cast.warning()
    drafted = cast.propose(cast.county, "educate", cast.hospital, warnings=[warning])
    with pytest.raises(NotYours):
        cast.take(cast.stranger, drafted)
    with pytest.raises(NotYours):
        cast.take(cast.hospital, drafted)
    taken = cast.take(cast.county, drafted)
    # rectification_workdays is 10: the tenth working day behind Tuesday 10 March.
    assert taken.due_on == date(2026, 3, 24)
    assert (taken.letter_no, taken.state) == ("监管函〔2026〕1号", "issued")
    pdf, docx = files_of(taken, LETTER)
    assert path_of(pdf.file).read_bytes().startswith(b"%PDF-")
    words = "\n".join(
        each.text for each in Document(io.BytesIO(path_of(docx.file).read_bytes())).paragraphs
    )
    for each in (
        "甲医院",
        "未完成约定采购量",
        "监管函〔2026〕1号",
        "2026年3月24日",
        cast.county.name,
    ):
        assert each in words
    assert seen_by(cast, cast.hospital, taken)
    hidden = (cast.neighbour, cast.maker, cast.health, cast.stranger)
    assert not any(seen_by(cast, of, taken) for of in hidden)
    task = Task.objects.get(organisation=cast.hospital, act="answer_action", done_at=None)
    assert task.due_at == datetime(2026, 3, 25, tzinfo=SHANGHAI)

    with pytest.raises(StaleVersion):
        answer_action(action=taken, answer="已整改", seen_version=1, **cast.acting(cast.hospital))
    with pytest.raises(MissingInput):
        answer_action(action=taken, answer=" ", **cast.acting(cast.hospital))
    answered = answer_action(action=taken, answer="已补采", **cast.acting(cast.hospital))
    with pytest.raises(NotYours):
        judge_action(action=answered, verb="accept", note="好", **cast.acting(cast.hospital))
    returned = judge_action(
        action=answered, verb="return", note="未见数据", **cast.acting(cast.county)
    )
    assert (returned.state, returned.outcome) == ("returned", "not_accepted")
    again = answer_action(action=returned, answer="附采购数据", **cast.acting(cast.hospital))
    closed = judge_action(action=again, verb="accept", note="属实", **cast.acting(cast.county))
    assert (closed.state, closed.outcome) == ("closed", "accepted")
    assert not Task.objects.filter(object_key=closed.action_no, done_at=None).exists()
    trail = AuditEvent.objects.filter(object_type="supervision_action", object_key=str(closed.pk))
    assert list(trail.order_by("pk").values_list("action", flat=True)) == [
        f"supervision_action.{verb}"
        for verb in ("propose", "take", "letter", "answer", "return", "answer", "accept")
    ]


def test_what_is_late_gets_its_next_step_which_ends_the_one_before(cast: Cast) -> None:
    warning = cast.warning()
    first = cast.take(
        cast.county, cast.propose(cast.county, "educate", cast.hospital, warnings=[warning]),
        due_on=date(2026, 3, 20),
    )  # fmt: skip
    assert climb(date(2026, 3, 20)).next == 0
    counts = climb(date(2026, 3, 21))
    assert (counts.next, counts.late) == (1, 1)
    assert (climb(date(2026, 3, 21)).next, climb(date(2026, 3, 22)).late) == (0, 0)
    following = SupervisionAction.objects.get(former=first)
    assert (following.kind, following.state) == ("interview", "proposed")
    assert first.letter_no in following.matter
    assert list(following.rests_on.values_list("warning", flat=True)) == [warning.pk]
    later = datetime(2026, 3, 23, 10, tzinfo=SHANGHAI)
    with pytest.raises(MissingInput, match="约谈时间"):
        cast.take(cast.county, following, later)
    taken = cast.take(cast.county, following, later, **cast.meeting(later))
    first.refresh_from_db()
    assert (first.state, first.outcome) == ("escalated", "not_accepted")
    assert taken.letter_no == "监管函〔2026〕2号"
    # A step that was settled meanwhile is not the ground of another.
    with pytest.raises(TransitionRefused, match="已升级"):
        cast.propose(cast.county, "interview", cast.hospital, later, former=first)


def test_minutes_are_kept_once_behind_the_meeting(cast: Cast) -> None:
    drafted = cast.propose(cast.city, "joint_interview", cast.hospital)
    with pytest.raises(MissingInput, match="须选择卫健委"):
        cast.take(cast.city, drafted, **cast.meeting())
    taken = cast.take(cast.city, drafted, invited=[cast.health], **cast.meeting())
    assert seen_by(cast, cast.health, taken)
    assert not seen_by(cast, cast.discipline, taken)
    words = {"attendees": "甲医院院长、市卫健委", "minutes": "限一个月内完成", "action": taken}
    with pytest.raises(TransitionRefused, match="尚未举行"):
        record_minutes(**words, **cast.acting(cast.city))
    after = NOW + timedelta(days=2)
    with pytest.raises(NotYours):
        record_minutes(**words, **cast.acting(cast.health, after))
    record_minutes(**words, **cast.acting(cast.city, after))
    with pytest.raises(TransitionRefused, match="已经登记"):
        record_minutes(**words, **cast.acting(cast.city, after))


def test_dated_mark_is_written_and_ends_by_its_own_date(cast: Cast) -> None:
    drafted = cast.propose(cast.province, "suspend_settlement", cast.maker)
    for dates, words in (
        ({}, "起始日期"),
        ({"effective_from": date(2026, 3, 9), "effective_to": date(2026, 6, 1)}, "不早于今天"),
        ({"effective_from": date(2026, 3, 10)}, "终止日期"),
        ({"effective_from": date(2026, 3, 10), "effective_to": date(2029, 6, 1)}, "三年"),
    ):
        with pytest.raises(MissingInput, match=words):
            cast.take(cast.province, drafted, **dates)
    with pytest.raises(MissingInput, match="不要求答复"):
        cast.take(cast.province, drafted, due_on=date(2026, 4, 1), effective_from=date(2026, 3, 10),
                  effective_to=date(2026, 6, 30))  # fmt: skip
    taken = cast.take(
        cast.province, drafted, effective_from=date(2026, 3, 10), effective_to=date(2026, 6, 30)
    )
    mark = Standing.objects.get(organisation=cast.maker)
    assert (mark.kind, mark.valid_from, mark.valid_to) == (
        "settlement_suspended", date(2026, 3, 10), date(2026, 6, 30),
    )  # fmt: skip
    assert not seen_by(cast, cast.other, taken)
    with pytest.raises(Refusal, match="不要求答复"):
        answer_action(action=taken, answer="申诉", **cast.acting(cast.maker))
    at = datetime(2026, 4, 2, 9, tzinfo=SHANGHAI)
    judge_action(action=taken, verb="withdraw", note="查无此事", **cast.acting(cast.province, at))
    mark.refresh_from_db()
    assert mark.valid_to == date(2026, 4, 1)


def test_drafts_take_only_what_concerns_the_subject(cast: Cast) -> None:
    of_neighbour = cast.warning(cast.neighbour)
    with pytest.raises(MissingInput, match="对象不是甲医院"):
        cast.propose(cast.county, "educate", cast.hospital, warnings=[of_neighbour])
    with pytest.raises(NotYours):
        cast.propose(cast.health, "educate", cast.hospital)
    with pytest.raises(MissingInput, match="只对医疗机构和企业"):
        cast.propose(cast.province, "interview", cast.city)
    assert not SupervisionAction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_officers_take_at_once_one_is_told_and_numbers_have_no_gap(
    fresh_database: str,
) -> None:
    cast = Cast()
    drafted = cast.propose(cast.county, "educate", cast.hospital)
    other = cast.propose(cast.county, "educate", cast.neighbour)
    barrier, said = Barrier(3), []

    def take(office: Any, action: SupervisionAction) -> None:
        barrier.wait()
        try:
            said.append(cast.take(office, action).letter_no)
        except Refusal as refusal:
            said.append(type(refusal).__name__)
        finally:
            connection.close()

    cast.acting(cast.city)
    threads = [
        Thread(target=take, args=args)
        for args in ((cast.county, drafted), (cast.city, drafted), (cast.county, other))
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(each in ("TransitionRefused", "NotYours") for each in said) == 1
    for office in (cast.county, cast.city):
        numbers = SupervisionAction.objects.filter(office=office, letter_seq__isnull=False)
        found = sorted(numbers.values_list("letter_seq", flat=True))
        assert found == list(range(1, len(found) + 1))


def test_only_offices_of_the_own_region_can_be_invited(cast: Cast) -> None:
    drafted = cast.propose(cast.city, "joint_interview", cast.hospital)
    elsewhere = people.organisation("health_commission")
    for code, valid in (
        (cast.health.code, True),
        (elsewhere.code, False),
        (cast.maker.code, False),
    ):
        form = ActionTakeForm(
            {"version": "1", "kind": "joint_interview", "matter": "未整改", "demand": "整改",
             "invited": [code]},
            scope=cast.acting(cast.city)["scope"], of=drafted,
        )  # fmt: skip
        assert form.is_valid() == valid
