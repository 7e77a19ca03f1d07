"""One step of a report: the machine, whose turn it is then, who is asked and told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from core.audit.record import Actor
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import Organisation
from organisations.queries.scope import Scope
from volumes.models import VolumeReport, VolumeReportLine
from volumes.queries.standings import report_standings
from volumes.rules.window import ends_at
from volumes.states.report import REPORT_MACHINE

OBJECT_TYPE = "volume_report"
STATUS_OF_STATE = {
    "submitted": VolumeReportLine.Status.SUBMITTED,
    "county_review": VolumeReportLine.Status.SUBMITTED,
    "city_review": VolumeReportLine.Status.SUBMITTED,
    "province_review": VolumeReportLine.Status.SUBMITTED,
    "confirmed": VolumeReportLine.Status.APPROVED,
    "returned": VolumeReportLine.Status.RETURNED,
}


def report_url(report: VolumeReport) -> str:
    """The report's page."""
    return reverse("volume-report", args=[report.report_no])


def move(
    verb: str,
    report: VolumeReport,
    *,
    by: Actor,
    at: datetime,
    scope: Scope,
    seen_version: int | None = None,
    inputs: Mapping[str, Any] | None = None,
    check: Callable[[VolumeReport], None] | None = None,
) -> VolumeReport:
    """Carry the verb out; the open 待办 of the step before end, the lines follow the state.

    `check` may refuse before anything is written; it is asked of who may take the step at all.
    """
    locked = (
        VolumeReport.objects.select_for_update(of=("self",))
        .select_related("task__batch__policy", "institution")
        .get(pk=report.pk)
    )
    said = REPORT_MACHINE.verdict(
        REPORT_MACHINE.named(verb), locked, report_standings(scope, locked)
    )
    if check is not None and said and seen_version in (None, locked.row_version):
        check(locked)
    row: VolumeReport
    row, _ = REPORT_MACHINE.perform(
        verb=verb, obj=report, by=by, at=at, inputs=inputs or {}, seen_version=seen_version,
        standings=lambda held: report_standings(scope, held),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.report_no], at=at)
    follow_lines(row)
    return row


def follow_lines(row: VolumeReport) -> None:
    """The status and time of the lines that loaders, indicators and exports read."""
    status = STATUS_OF_STATE.get(row.state, VolumeReportLine.Status.DRAFT)
    stamp = None if status == VolumeReportLine.Status.DRAFT else row.submitted_at
    row.lines.exclude(status=status, submitted_at=stamp).update(status=status, submitted_at=stamp)


def put_before(row: VolumeReport, office: Organisation | None, level: str, at: datetime) -> None:
    """Whose turn it is: a bureau at a level, or (None, '') the unit's own or nobody's."""
    row.office, row.level, row.held_since = office, level, at
    row.save(update_fields=["office", "level", "held_since"])


def ask(
    row: VolumeReport, organisation_id: int, act: str, title: str, at: datetime,
    *, roles: Sequence[str], due_at: datetime | None = None,
) -> None:  # fmt: skip
    """A 待办 on this report."""
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=organisation_id, act=act,
                title=f"{title}：{row.task.title}（{row.institution.name}）",
                object_type=OBJECT_TYPE, object_key=row.report_no, url=report_url(row),
                due_at=due_at, roles=tuple(roles),
            )
        ],
        at=at,
    )  # fmt: skip


def ask_unit(
    row: VolumeReport, act: str, title: str, at: datetime, *, roles: Sequence[str]
) -> None:
    """A 待办 of the unit itself, until its window ends."""
    due = ends_at(row.task.closes_at, row.extended_until)
    ask(row, row.institution_id, act, title, at, roles=roles, due_at=due)


def tell(row: VolumeReport, title: str, at: datetime, body: str = "") -> None:
    """Tell the unit, and the members that it reports for, where the report is now."""
    members = set(row.sheets.values_list("institution_id", flat=True))
    notify(
        notices=[
            NewNotice(
                organisation_id=each, key=f"report:{row.report_no}:{row.row_version}:{each}",
                title=f"{title}：{row.task.title}", body=body, url=report_url(row),
            )
            for each in sorted(members | {row.institution_id})
        ],
        at=at,
    )  # fmt: skip
