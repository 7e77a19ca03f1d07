"""A report from the opening of its task to the bureau: who, in which state, until which second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from core.attachments.store import path_of
from core.audit.record import SystemActor
from core.transitions import MissingInput, NotYours, Refusal, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from organisations.models import Organisation
from organisations.operations.certificates import issue_certificate, make_signing_root
from organisations.queries.certificates import verified
from tests.factories import organisations as people
from tests.factories import reports as make
from tests.volumes.cast import (
    CLOSES,
    NOW,
    OPENS,
    SECOND,
    Cast,
    build,
    filled,
    inputs,
    opened,
    quantity,
    report_of,
    scope,
    task_values,
    who,
)
from volumes.models import CommitmentLetter, MemberSheet, ReportLineSplit, VolumeReportLine
from volumes.operations.reports import inside, letters, member_sheets
from volumes.operations.reports.save import save_figures
from volumes.operations.tasks.draft import draft_task, edit_task
from volumes.operations.tasks.due import follow_tasks
from volumes.operations.tasks.extend import extend_report
from volumes.operations.tasks.open import open_task
from volumes.operations.tasks.volunteer import volunteer
from volumes.queries.progress import progress_by_region, total_progress
from volumes.queries.sheet import report_sheet
from volumes.queries.visible import visible_member_sheets, visible_report_tasks, visible_reports
from volumes.rules.figures import WrongFigures
from volumes.states.report import REPORT_MACHINE

pytestmark = pytest.mark.django_db
TESTER = SystemActor("测试")
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def cast() -> Cast:
    return build()


def scan(name: str = "承诺函.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def signed(cast: Cast, report: Any, at: Any = NOW) -> CommitmentLetter:
    clerk = cast.user(report.institution, "clerk")
    letter = letters.make_letter(report=report, **who(clerk, at))
    return letters.sign_scanned(
        letter=letter, upload=scan(), signer_name="王院长", signer_post="president",
        signed_on=at.date(), **who(clerk, at),
    )  # fmt: skip


def before_leader(cast: Cast, task: Any, at: Any = NOW) -> Any:
    report = filled(cast, task)
    report = inside.hand_in_report(report=report, **who(cast.user(cast.hospital, "clerk"), at))
    return inside.endorse_report(report=report, **who(cast.user(cast.hospital, "reviewer"), at))


def test_open_lists_every_obliged_unit_with_its_path_and_tells_it(cast: Cast) -> None:
    people.organisation(region=cast.county, ownership="private", name="民营医院")
    task = opened(cast)
    found = {
        r.institution.name: (r.state, r.path) for r in task.reports.select_related("institution")
    }
    levels = ["county", "city", "province"]
    assert found == {
        "甲医院": ("not_started", levels), "乙医院": ("not_started", levels),
        # The other city has no bureau of its own here: the province reviews.
        "丁医院": ("not_started", ["province"]),
    }  # fmt: skip
    assert (task.drop_max, task.rise_max) == (Decimal("0.2"), Decimal("1.5"))
    assert task.letter_required and task.consortium_as_one and "赣2024" in task.deviation_clause
    assert {s.institution.name for s in MemberSheet.objects.filter(report__task=task)} == {
        "乙医院",
        "丙卫生院",
    }
    waiting = Task.objects.filter(done_at=None).order_by("act", "organisation__name")
    assert [(t.organisation.name, t.act) for t in waiting] == [
        ("丙卫生院", "fill_member_sheet"), ("乙医院", "fill_member_sheet"), ("丁医院", "fill_report"),
        ("乙医院", "fill_report"), ("甲医院", "fill_report"),
    ]  # fmt: skip
    assert Notice.objects.count() == 4


def test_open_refuses_what_cannot_be_reported(cast: Cast) -> None:
    clerk = cast.user(cast.bureau, "clerk")
    draft = draft_task(values=task_values(cast), **who(clerk))
    with pytest.raises(NotYours):
        open_task(task=draft, **who(cast.user(cast.city_bureau, "clerk")))
    with pytest.raises(StaleVersion):
        open_task(task=draft, seen_version=9, **who(clerk))
    nobody = edit_task(task=draft, values=task_values(cast, levels=["tertiary"]), **who(clerk))
    with pytest.raises(TransitionRefused, match="没有符合条件"), transaction.atomic():
        open_task(task=nobody, **who(clerk))
    opened(cast)
    again = draft_task(values=task_values(cast, title="再报一次"), **who(clerk))
    with pytest.raises(TransitionRefused, match="不能重复报量"), transaction.atomic():
        open_task(task=again, **who(clerk))


BAD_TASKS = [
    ({"batch_code": "无"}, "batch_code"), ({"title": " "}, "title"), ({"kind": "x"}, "kind"), ({"year_no": 9}, "year_no"),
    ({"closes_at": OPENS}, "closes_at"), ({"opens_at": NOW - timedelta(days=9), "closes_at": NOW}, "closes_at"),
    ({"review_levels": []}, "review_levels"), ({"group_codes": ["没有"]}, "group_codes"),
    ({"region_codes": ["000000"]}, "region_codes"), ({"ownerships": ["x"]}, "ownerships"),
    ({"prior_from": date(2025, 1, 1)}, "prior_to"),
    ({"prior_from": date(2025, 2, 1), "prior_to": date(2025, 1, 1)}, "prior_to"),
    ({"prior_from": date(2023, 1, 1), "prior_to": date(2025, 1, 1)}, "prior_to"),
]  # fmt: skip


def test_draft_names_the_field_that_is_wrong(cast: Cast) -> None:
    clerk = cast.user(cast.bureau, "clerk")
    for more, field in BAD_TASKS:
        with pytest.raises(MissingInput) as told, transaction.atomic():
            draft_task(values=task_values(cast, **more), **who(clerk))
        assert told.value.field == field, more
    with pytest.raises(MissingInput, match="市级为止"):
        draft_task(values=task_values(cast), **who(cast.user(cast.city_bureau, "clerk")))
    with pytest.raises(NotYours):
        draft_task(values=task_values(cast), **who(cast.user(cast.hospital, "clerk")))


def test_report_goes_from_clerk_to_county_and_back(cast: Cast) -> None:
    task = opened(cast)
    report = filled(cast, task)
    assert (report.state, report.figures_version) == ("drafting", 1)
    row = {r.group.code: r for r in report_sheet(report)}
    assert (row["G-V1"].prior, row["G-V1"].proposed, row["G-V1"].share) == (
        100,
        100,
        Decimal("-0.1"),
    )
    clerk, reviewer = cast.user(cast.hospital, "clerk"), cast.user(cast.hospital, "reviewer")
    leader = cast.user(cast.hospital, "leader")
    report = inside.hand_in_report(report=report, **who(clerk))
    assert report.state == "hospital_review" and len(report.figures_digest) == 64
    with pytest.raises(TransitionRefused, match="先撤回修改"):
        save_figures(report=report, inputs=inputs(cast, "1"), **who(clerk))
    report = inside.endorse_report(report=report, **who(reviewer))
    with pytest.raises(TransitionRefused, match="还没有承诺函"), transaction.atomic():
        inside.submit_report(report=report, **who(leader))
    letter = letters.make_letter(report=report, **who(clerk))
    assert letter.document.file.size_bytes > 5_000 and letter.digest == report.figures_digest
    with pytest.raises(TransitionRefused, match="没有签署"), transaction.atomic():
        inside.submit_report(report=report, **who(leader))
    for bad, field in (
        ({"signer_name": ""}, "signer_name"), ({"signer_post": "doctor"}, "signer_post"),
        ({"signed_on": date(2026, 4, 3)}, "signed_on"), ({"signed_on": date(2026, 4, 1)}, "signed_on"),
        ({"upload": None}, "files"), ({"upload": scan("a.xlsx")}, "files"),
    ):  # fmt: skip
        given = {
            "upload": scan(),
            "signer_name": "王",
            "signer_post": "president",
            "signed_on": NOW.date(),
        } | bad
        with pytest.raises(MissingInput) as told, transaction.atomic():
            letters.sign_scanned(letter=letter, **given, **who(clerk))
        assert told.value.field == field
    signed(cast, report)
    report = inside.submit_report(report=report, **who(leader))
    assert (report.state, report.office, report.submitted_at) == (
        "submitted",
        cast.county_bureau,
        NOW,
    )
    assert set(report.lines.values_list("status", "submitted_at")) == {("submitted", NOW)}
    assert Task.objects.get(organisation=cast.county_bureau, done_at=None).act == "review_report"
    report = inside.withdraw_report(report=report, **who(leader))
    assert report.state == "drafting"
    assert set(report.lines.values_list("status", "submitted_at")) == {("draft", None)}
    # Unchanged figures keep their letter; one changed figure voids it.
    assert CommitmentLetter.objects.get(report=report).state == "signed"
    report = save_figures(report=report, inputs=inputs(cast, "95"), **who(clerk))
    letter.refresh_from_db()
    assert (letter.state, letter.void_reason) == ("void", "报量数字有变动")


def test_leader_signs_electronically_and_any_changed_byte_shows(cast: Cast) -> None:
    report = before_leader(cast, opened(cast))
    clerk, leader = cast.user(cast.hospital, "clerk"), cast.user(cast.hospital, "leader")
    letter = letters.make_letter(report=report, **who(clerk))
    with pytest.raises(NotYours, match="负责人"):
        letters.sign_electronically(letter=letter, signer_post="president", **who(clerk))
    with pytest.raises(MissingInput):
        letters.sign_electronically(letter=letter, signer_post="doctor", **who(leader))
    with pytest.raises(TransitionRefused, match="没有在用的签名证书"):
        letters.sign_electronically(letter=letter, signer_post="president", **who(leader))
    make_signing_root(name="测试根证书", by=TESTER, at=NOW)
    certificate = issue_certificate(organisation=cast.hospital, by=TESTER, at=NOW)
    done = letters.sign_electronically(letter=letter, signer_post="president", **who(leader))
    assert (done.state, done.kind, done.certificate_serial) == (
        "signed",
        "electronic",
        certificate.serial,
    )
    pdf = path_of(done.signed_document.file).read_bytes()
    assert verified(pdf).good and not verified(pdf[:3000] + b"9" + pdf[3001:]).good
    with pytest.raises(TransitionRefused):
        letters.sign_electronically(letter=letter, signer_post="president", **who(leader))
    assert inside.submit_report(report=report, **who(leader)).state == "submitted"


DEADLINES = [
    (CLOSES - SECOND, True),
    (CLOSES, False),
    (CLOSES + SECOND, False),
    (OPENS - SECOND, False),
]


@pytest.mark.parametrize(("at", "counts"), DEADLINES)
def test_last_second_counts_and_the_next_does_not(cast: Cast, at: Any, counts: bool) -> None:
    task = opened(cast)
    report = before_leader(cast, task)
    signed(cast, report)
    leader = cast.user(cast.hospital, "leader")
    if counts:
        assert inside.submit_report(report=report, **who(leader, at)).state == "submitted"
    else:
        with pytest.raises(TransitionRefused):
            inside.submit_report(report=report, **who(leader, at))


def test_extension_moves_the_end_for_one_unit_only(cast: Cast) -> None:
    task = opened(cast)
    report = before_leader(cast, task)
    signed(cast, report)
    until, clerk = CLOSES + timedelta(days=2), cast.user(cast.bureau, "clerk")
    for bad, error in (
        ({"reason": " "}, MissingInput), ({"until": CLOSES}, MissingInput),
        ({"seen_version": 1}, StaleVersion),
    ):  # fmt: skip
        with pytest.raises(error):
            extend_report(report=report, **{"until": until, "reason": "停电"} | bad, **who(clerk))  # type: ignore[arg-type]
    with pytest.raises(NotYours):
        extend_report(
            report=report, until=until, reason="停电", **who(cast.user(cast.county_bureau, "clerk"))
        )
    made = extend_report(report=report, until=until, reason="停电", **who(clerk))
    late = extend_report(
        report=report_of(task, cast.other),
        until=until,
        reason="迟到",
        **who(clerk, CLOSES + SECOND),
    )
    assert (made.kind, late.kind) == ("extension", "reopening")
    assert Task.objects.get(object_key=report.report_no, done_at=None).due_at == until
    leader = cast.user(cast.hospital, "leader")
    with pytest.raises(TransitionRefused, match="截止"), transaction.atomic():
        inside.submit_report(report=report, **who(leader, until))
    assert inside.submit_report(report=report, **who(leader, until - SECOND)).state == "submitted"
    with pytest.raises(TransitionRefused, match="截止"):
        save_figures(
            report=report_of(task, cast.lead), inputs=inputs(cast, "1"),
            **who(cast.user(cast.lead, "clerk"), CLOSES),
        )  # fmt: skip


def test_hand_in_asks_for_every_group_and_every_explanation(cast: Cast) -> None:
    task = opened(cast)
    clerk = cast.user(cast.hospital, "clerk")
    report = save_figures(
        report=report_of(task, cast.hospital),
        inputs=inputs(cast, "79", "251", why=False),
        **who(clerk),
    )
    with pytest.raises(WrongFigures) as told, transaction.atomic():
        inside.hand_in_report(report=report, **who(clerk))
    assert [(p.group_code, p.column) for p in told.value.problems] == [
        ("G-V1", "reason_code"), ("G-V2", "reason_code"), ("G-V3", "quantity"),
    ]  # fmt: skip
    # Exactly at the limits nothing is asked: −20% and +150% of 100.
    report = save_figures(
        report=report, inputs=inputs(cast, "80", "250", "7", why=False), **who(clerk)
    )
    assert inside.hand_in_report(report=report, **who(clerk)).state == "hospital_review"


BAD_FIGURES = [
    ("-1", "不能小于 0"), ("abc", "不是数字"), ("1,5", "不是数字"), ("1.23456", "最多四位小数"), ("9" * 15, "数字过大"),
    ("10片", "不是数字"), ("1e3", "不是数字"), ("＝1+1", "不是数字"), ("１２", "不是数字"), ("NaN", "不是数字"),
    ("Infinity", "不是数字"), ("1.2.3", "不是数字"), ("--1", "不是数字"), ("#N/A", "不是数字"),
]  # fmt: skip


def test_wrong_figures_are_named_and_nothing_is_written(cast: Cast) -> None:
    task = opened(cast)
    clerk, report = cast.user(cast.hospital, "clerk"), report_of(task, cast.hospital)
    for text, words in BAD_FIGURES:
        with pytest.raises(WrongFigures) as told, transaction.atomic():
            save_figures(report=report, inputs=inputs(cast, "5", text), **who(clerk))
        assert words in told.value.problems[0].message, text
        assert told.value.problems[0].place == 2
    assert not VolumeReportLine.objects.filter(report=report).exists()
    save_figures(report=report, inputs=inputs(cast, "1,234.5"), **who(clerk))
    assert quantity(report, cast.groups[0]) == Decimal("1234.5")
    with pytest.raises(WrongFigures, match="1 处"):
        save_figures(report=report, inputs=inputs(cast, ""), **who(clerk))
    with pytest.raises(StaleVersion):
        save_figures(report=report, inputs=inputs(cast, "3"), seen_version=1, **who(clerk))


def test_splits_by_maker_sum_to_the_line_and_the_database_keeps_it(cast: Cast) -> None:
    task = opened(cast, split_by_manufacturer=True)
    clerk, report = cast.user(cast.hospital, "clerk"), report_of(task, cast.hospital)
    first = inputs(cast, "90")[0]

    def with_splits(**splits: str) -> list[Any]:
        return [type(first)(**{**first.__dict__, "splits": splits})]

    with pytest.raises(WrongFigures) as told, transaction.atomic():
        save_figures(report=report, inputs=with_splits(**{cast.maker.code: "80"}), **who(clerk))
    assert "不等于报量" in told.value.problems[0].message
    save_figures(report=report, inputs=with_splits(**{cast.maker.code: "90"}), **who(clerk))
    assert ReportLineSplit.objects.get().quantity == 90
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportLineSplit.objects.update(quantity=89)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_figures_that_were_handed_in_stand_by_every_door(cast: Cast) -> None:
    report = before_leader(cast, opened(cast))
    with pytest.raises(IntegrityError), transaction.atomic():
        VolumeReportLine.objects.filter(report=report).update(reported_qty=1)


def test_consortium_reports_as_one(cast: Cast) -> None:
    task = opened(cast)
    report = report_of(task, cast.lead)
    lead, member = cast.user(cast.lead, "clerk"), cast.user(cast.member, "clerk")
    sheets = {s.institution: s for s in MemberSheet.objects.filter(report=report)}
    assert sheets.keys() == {cast.lead, cast.member}
    with pytest.raises(NotYours):
        member_sheets.save_member_figures(
            sheet=sheets[cast.member], inputs=inputs(cast, "1"), **who(lead)
        )
    with pytest.raises(TransitionRefused, match="还没有成员"):
        member_sheets.compile_report(report=report, **who(lead))
    for user, each, figures in (
        (lead, sheets[cast.lead], ("100", "100", "1")), (member, sheets[cast.member], ("60", "80", "2")),
    ):  # fmt: skip
        saved = member_sheets.save_member_figures(
            sheet=each, inputs=inputs(cast, *figures), **who(user)
        )
        member_sheets.hand_in_sheet(sheet=saved, **who(user))
    report = member_sheets.compile_report(report=report, **who(lead))
    assert [quantity(report, g) for g in cast.groups] == [160, 180, 3]
    row = report_sheet(report)[0]
    assert (row.prior, row.summed, row.difference) == (200, 160, 0)
    # A figure other than the members' sum needs the lead's words.
    report = save_figures(report=report, inputs=inputs(cast, "170"), **who(lead))
    with pytest.raises(WrongFigures) as told, transaction.atomic():
        inside.hand_in_report(report=report, **who(lead))
    assert [p.column for p in told.value.problems] == ["compile_note"]
    noted = [
        type(i)(**{**i.__dict__, "compile_note": "牵头机构新增病区"}) for i in inputs(cast, "170")
    ]
    report = save_figures(report=report, inputs=noted, **who(lead))
    report = member_sheets.compile_report(report=report, **who(lead))
    assert quantity(report, cast.groups[0]) == 170
    report = inside.hand_in_report(report=report, **who(lead))
    with pytest.raises(TransitionRefused, match="先撤回"), transaction.atomic():
        member_sheets.recall_sheet(sheet=sheets[cast.member], **who(member))
    # Visible back to the member, and to nobody else beside it.
    assert visible_reports(scope(member)).filter(pk=report.pk).exists()
    assert (
        not visible_reports(scope(cast.user(cast.hospital, "clerk"))).filter(pk=report.pk).exists()
    )
    assert set(visible_member_sheets(scope(member))) == {sheets[cast.member]}


def test_progress_reminder_and_close(cast: Cast) -> None:
    task = opened(cast)
    signed(cast, before_leader(cast, task))
    inside.submit_report(
        report=report_of(task, cast.hospital), **who(cast.user(cast.hospital, "leader"))
    )
    officer = scope(cast.user(cast.bureau, "clerk"))
    assert total_progress(officer, task) == {
        "obliged": 3,
        "submitted": 1,
        "confirmed": 0,
        "not_started": 2,
    }
    [county] = [r for r in progress_by_region(officer, task, "county") if r.region == cast.county]
    assert (county.obliged, county.submitted, county.missing) == (2, 1, 1)
    days = timedelta(days=3)
    assert follow_tasks(at=CLOSES - days - SECOND).reminded == 0
    due = follow_tasks(at=CLOSES - days)
    assert (due.reminded, due.units, due.closed) == (1, 2, 0)
    told = Notice.objects.filter(category="deadline").order_by("organisation__name")
    assert {n.organisation.name for n in told} == {
        "乙医院",
        "丁医院",
        "县医保局",
        "市医保局",
        "省医保局",
    }
    assert follow_tasks(at=CLOSES - days).reminded == 0
    assert follow_tasks(at=CLOSES - SECOND).closed == 0
    assert follow_tasks(at=CLOSES).closed == 1 and follow_tasks(at=CLOSES).closed == 0


def test_others_may_report_of_their_own_will(cast: Cast) -> None:
    private = people.organisation(region=cast.county, ownership="private", name="民营医院")
    task = opened(cast)
    clerk = cast.user(private, "clerk")
    assert volunteer(task=task, **who(clerk)).is_obliged is False
    for user in (clerk, cast.user(cast.hospital, "clerk"), cast.user(cast.member, "clerk")):
        with pytest.raises(TransitionRefused):
            volunteer(task=task, **who(user))
    assert list(visible_report_tasks(scope(clerk))) == [task]


def every_case() -> Iterator[tuple[str, str]]:
    for state in REPORT_MACHINE.state_labels:
        for verb in ("hand_in", "recall", "endorse", "submit", "withdraw"):
            yield state, verb


def test_transitions_by_state_and_role(cast: Cast) -> None:
    """Every verb in every state by every role of the unit and by a stranger: the table decides."""
    steps: dict[str, Any] = {
        "hand_in": inside.hand_in_report, "recall": inside.recall_report,
        "endorse": inside.endorse_report, "submit": inside.submit_report,
        "withdraw": inside.withdraw_report,
    }  # fmt: skip
    users = {
        role: cast.user(cast.hospital, role)
        for role in ("clerk", "reviewer", "leader", "accountant")
    }
    stranger: Organisation = cast.lead
    users["stranger"] = cast.user(stranger, "clerk", "reviewer", "leader")
    reports = {
        state: make.volume_report(
            cast.hospital, make.report_task(state="open"), state=state, submitted_at=NOW
        )
        for state in REPORT_MACHINE.state_labels
    }
    for state, verb in every_case():
        report = reports[state]
        transition = REPORT_MACHINE.named(verb)
        for role, user in users.items():
            with transaction.atomic():
                try:
                    moved: Any = steps[verb](report=report, **who(user))
                except (Refusal, WrongFigures) as refusal:
                    moved = refusal
                transaction.set_rollback(True)
            if role not in transition.by:
                assert isinstance(moved, NotYours), (state, verb, role)
            elif state not in transition.sources:
                assert isinstance(moved, TransitionRefused), (state, verb, role)
            elif verb != "submit":
                assert moved.state == transition.target, (state, verb, role, moved)
