"""What one report's page shows beside its sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.attachments.models import Attachment
from core.transitions import Offer
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from volumes.models import CommitmentLetter, MemberSheet, VolumeReport
from volumes.operations.tasks.extend import may_extend
from volumes.queries.rows import ReportRow
from volumes.queries.standings import letter_standings, report_standings, writes_report
from volumes.queries.visible import visible_member_sheets
from volumes.rules.window import within_window
from volumes.states.report import INSIDE_STATES, LEADER, REPORT_MACHINE, WRITING_STATES

OBJECT_TYPE = "volume_report"
# The first save begins; `return`, `reopen` and the levels' steps are on the reviewers' own page.
NOT_OFFERED = ("begin",)
NEXT = {
    "not_started": "经办填完全部品种后送院内审核", "drafting": "经办填完全部品种后送院内审核",
    "returned": "经办按退回原因修改后重新送审", "hospital_review": "院内审核通过后由负责人提交",
    "leader_review": "负责人提交给医保局", "submitted": "医保局开始审核前可以撤回",
    "confirmed": "据此确定约定采购量",
}  # fmt: skip


@dataclass(frozen=True)
class ReportPage:
    """One report as its reader may act on it."""

    row: ReportRow
    offers: list[Offer]
    writes: bool
    why_not: str
    may_extend: bool
    signs: bool
    leads: bool
    letter: CommitmentLetter | None
    letters: list[CommitmentLetter]
    sheets: list[MemberSheet]
    own_sheet: MemberSheet | None
    left_out: int
    timeline: list[Mapping[str, Any]]
    next: str


def report_page(scope: Scope, report: VolumeReport, now: datetime) -> ReportPage:
    """Reads task, institution and office of the report."""
    row = ReportRow(report, now)
    window = within_window(
        now, opens_at=report.task.opens_at, closes_at=report.task.closes_at,
        extended_until=report.extended_until,
    )  # fmt: skip
    own = writes_report(scope, report)
    letters = list(
        report.letters.select_related("document__file", "signed_document__file").order_by(
            "-letter_no"
        )
    )
    sheets = list(
        visible_member_sheets(scope)
        .filter(report=report)
        .select_related("institution")
        .order_by("institution__code")
    )
    held = report_standings(scope, report)
    return ReportPage(
        row=row,
        offers=[
            offer for offer in REPORT_MACHINE.offers(report, held)
            if offer.transition.verb not in NOT_OFFERED and "office" not in offer.transition.by
        ],
        writes=own and report.state in WRITING_STATES and bool(window),
        why_not="" if window or report.state not in INSIDE_STATES else window.reason,
        may_extend=may_extend(scope, report.task) and report.state in INSIDE_STATES,
        signs=bool(letter_standings(scope, report)),
        leads=LEADER in held,
        letter=next((each for each in letters if each.state != "void"), None),
        letters=letters,
        sheets=sheets,
        own_sheet=next((each for each in sheets if each.institution_id == scope.organisation_id), None),
        left_out=sum(each.state != MemberSheet.State.HANDED_IN for each in sheets),
        timeline=with_holder(steps_of(scope, OBJECT_TYPE, report.pk), who=row.holder),
        next=NEXT.get(report.state, "通过后转上一级，最后一级通过即确认"),
    )  # fmt: skip


def files_of(report: VolumeReport) -> list[Attachment]:
    """Letters and their scans, for whoever sees the report; uploads of sheets are the uploader's."""
    return list(
        Attachment.objects.select_related("file")
        .filter(owner_type=OBJECT_TYPE, owner_id=report.pk)
        .order_by("pk")
    )
