"""Every transition of 报 taken by two people at once: one is done, the other is told why not."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.audit.models import AuditEvent
from core.transitions import StateMachine
from tests.factories import organisations as people
from tests.factories import reports as make
from tests.factories.catalog import group
from tests.racing import once, raced
from tests.volumes.land import CLOSES, IN_TIME, LATE, Land, Quiet
from volumes.models import AgreedQuantity, AgreedShare, MemberSheet, ReportTask, VolumeReport
from volumes.operations.agreed.compute import compute_round
from volumes.operations.agreed.rounds import confirm_round, open_round
from volumes.operations.reports import inside, letters, member_sheets
from volumes.operations.reports.save import save_figures
from volumes.operations.review.levels import (
    pass_report,
    reopen_report,
    return_report,
    take_report,
)
from volumes.operations.tasks.due import follow_tasks
from volumes.operations.tasks.open import open_task, withdraw_task
from volumes.queries.figures import figures_digest
from volumes.states.agreed import ROUND_MACHINE
from volumes.states.letter import LETTER_MACHINE
from volumes.states.report import REPORT_MACHINE
from volumes.states.sheet import SHEET_MACHINE
from volumes.states.task import TASK_MACHINE

# Verb → (state before, level that has it, path, operation and what it needs, role of who acts).
UNIT, OFFICE = "unit", "office"
OPINION = {"opinion": "请核对"}
ALL = ["county", "city", "province"]
REPORTS: dict[str, tuple[str, str, list[str], Any, str]] = {
    "begin": ("not_started", "", ALL, partial(save_figures, inputs=[]), "clerk"),
    "hand_in": ("drafting", "", ALL, inside.hand_in_report, "clerk"),
    "recall": ("leader_review", "", ALL, inside.recall_report, "clerk"),
    "hand_back": ("leader_review", "", ALL, partial(inside.hand_back_report, **OPINION), "leader"),
    "endorse": ("hospital_review", "", ALL, inside.endorse_report, "reviewer"),
    "submit": ("leader_review", "", ALL, inside.submit_report, "leader"),
    "withdraw": ("submitted", "", ALL, inside.withdraw_report, "leader"),
    "take_county": ("submitted", "county", ALL, take_report, OFFICE),
    "take_city": ("submitted", "city", ["city"], take_report, OFFICE),
    "take_province": ("submitted", "province", ["province"], take_report, OFFICE),
    "forward_city": ("county_review", "county", ALL, pass_report, OFFICE),
    "forward_province": ("city_review", "city", ALL, pass_report, OFFICE),
    "confirm": ("province_review", "province", ALL, pass_report, OFFICE),
    "return": ("city_review", "city", ALL, partial(return_report, **OPINION), OFFICE),
    "reopen": ("confirmed", "province", ALL, partial(reopen_report, **OPINION, until=LATE), OFFICE),
}
SHEETS: dict[str, tuple[str, Any]] = {
    "begin": ("not_started", partial(member_sheets.save_member_figures, inputs=[])),
    "hand_in": ("drafting", member_sheets.hand_in_sheet),
    "recall": ("handed_in", member_sheets.recall_sheet),
    "return": ("handed_in", partial(member_sheets.return_sheet, **OPINION)),
}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def audited(key: int, verb: str) -> int:
    """Events of this transition of this row."""
    return AuditEvent.objects.filter(object_key=str(key), action__endswith=f".{verb}").count()


def targets(machine: StateMachine[Any], verb: str) -> str:
    return str(machine.named(verb).target)


def test_every_transition_is_raced() -> None:
    """What is left out is the platform's own: figures that void a letter are raced in test_pages."""
    assert {*REPORTS} == {each.verb for each in REPORT_MACHINE.transitions}
    assert {*SHEETS} == {each.verb for each in SHEET_MACHINE.transitions}
    assert {each.verb for each in TASK_MACHINE.transitions} == {"open", "close", "withdraw"}
    assert {each.verb for each in LETTER_MACHINE.transitions} == {"sign", "void"}
    assert {each.verb for each in ROUND_MACHINE.transitions} == {"compute", "confirm"}


def test_one_of_two_is_done_at_every_step(fresh_database: str) -> None:
    land = Land()
    # One audit label a verb: what the machine wrote is counted by it.
    for verb, (state, level, path, act, role) in REPORTS.items():
        hospital = people.organisation(region=land.county)
        row = report(land, hospital, state=state, level=level, path=path)
        who = land.offices[level] if role == OFFICE else hospital
        two = [land.acting(who, role="reviewer" if role == OFFICE else role) for _ in range(2)]
        told = raced(
            *(partial(act, report=row, seen_version=row.row_version, **acting) for acting in two)
        )
        assert once(told), (verb, told)
        now = VolumeReport.objects.get(pk=row.pk)
        assert now.state == targets(REPORT_MACHINE, verb), verb
        assert audited(row.pk, verb) == 1, verb
    sheets(land)
    signed_letter(land)
    tasks(land)


def report(land: Land, hospital: Any, **fields: Any) -> VolumeReport:
    """In the state from which the step is taken, as the steps before would have left it."""
    office = land.offices.get(fields["level"] or "county")
    handed = fields["state"] not in ("not_started", "drafting", "hospital_review", "leader_review")
    if handed:
        fields |= {"office": office, "submitted_at": IN_TIME}
    if fields["state"] == "submitted":
        fields["level"] = ""
    row = make.volume_report(hospital, land.task, **fields)
    VolumeReport.objects.filter(pk=row.pk).update(figures_digest=figures_digest(row))
    row.refresh_from_db()
    return row


def sheets(land: Land) -> None:
    for verb, (state, act) in SHEETS.items():
        lead = people.organisation(region=land.county)
        of = report(land, lead, state="drafting", level="", path=ALL)
        sheet = make.member_sheet(of, lead)
        path = {"drafting": ["drafting"], "handed_in": ["drafting", "handed_in"]}.get(state, [])
        for step in path:
            MemberSheet.objects.filter(pk=sheet.pk).update(state=step)
        sheet.refresh_from_db()
        told = raced(
            *(
                partial(act, sheet=sheet, seen_version=sheet.row_version, **land.acting(lead, role=role))
                for role in ("clerk", "clerk")
            )
        )  # fmt: skip
        assert once(told), (verb, told)
        assert MemberSheet.objects.get(pk=sheet.pk).state == targets(SHEET_MACHINE, verb), verb


def signed_letter(land: Land) -> None:
    hospital = people.organisation(region=land.county)
    row = report(land, hospital, state="leader_review", level="", path=ALL)
    acting = land.acting(hospital, role="clerk")
    letter = letters.make_letter(report=row, **acting)

    def sign(name: str) -> None:
        letters.sign_scanned(
            letter=letter, upload=SimpleUploadedFile("承诺函.pdf", PDF), signer_name=name,
            signer_post="president", signed_on=IN_TIME.date(), **acting,
        )  # fmt: skip

    assert once(raced(partial(sign, "王院长"), partial(sign, "李书记")))
    letter.refresh_from_db()
    assert letter.state == "signed" and audited(letter.pk, "sign") <= 1
    # While one figure is changed, the leader hands in: never handed in with another's letter.
    leader = land.acting(hospital, role="leader")
    told = raced(
        partial(inside.submit_report, report=row, **leader),
        partial(inside.recall_report, report=row, **acting),
    )
    assert once(told)


def tasks(land: Land) -> None:
    office = land.offices["province"]

    def draft() -> ReportTask:
        row = make.report_task(organisation=office, batch=land.batch, year_no=1, closes_at=CLOSES)
        make.report_task_group(row, group=group())
        return row

    first, second, both = draft(), draft(), draft()
    two = [land.acting(office, role="clerk") for _ in range(2)]
    assert once(raced(*(partial(open_task, task=first, **acting) for acting in two)))
    assert once(raced(*(partial(withdraw_task, task=second, **acting) for acting in two)))
    mixed = raced(
        partial(open_task, task=both, **two[0]), partial(withdraw_task, task=both, **two[1])
    )
    assert once(mixed)
    assert VolumeReport.objects.filter(task=first).count() == len(
        set(VolumeReport.objects.filter(task=first).values_list("institution_id"))
    )
    raced(*(partial(follow_tasks, at=CLOSES) for _ in range(2)))
    assert set(ReportTask.objects.filter(closes_at=CLOSES).values_list("state", flat=True)) == {
        "closed",
        "withdrawn",
    }
    assert audited(first.pk, "close") == 1


@pytest.mark.parametrize("verb", ["compute", "confirm"])
def test_two_at_a_round_of_agreed_quantities(verb: str, fresh_database: str) -> None:
    land = Land()
    land.up(land.report(land.a, (land.g1, 1000, 1000)))
    acting = land.office("province")
    row = open_round(
        batch=land.batch, year_no=1, choice_until=IN_TIME + timedelta(days=1), unbound_levels=[],
        unbound_clause="", **acting,
    )  # fmt: skip
    computing = partial(compute_round, row=row, by=acting["by"], at=IN_TIME, listener=Quiet())
    if verb == "confirm":
        computing()
        told = raced(*(partial(confirm_round, row=row, **acting) for _ in range(2)))
        assert once(told)
    else:
        assert "done" in raced(computing, computing)
    row.refresh_from_db()
    assert row.state == targets(ROUND_MACHINE, verb)
    [kept] = AgreedQuantity.objects.filter(round=row)
    placed = sum(share.agreed_qty for share in AgreedShare.objects.filter(quantity=kept))
    assert placed + kept.unplaced_qty == kept.agreed_qty == 600
