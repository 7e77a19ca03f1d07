"""Edit, hand in, receive or send back a periodic report; tell of what is late."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from core.attachments.store import keep_made
from core.audit.record import Actor
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import day_end, shanghai_day
from inbox.operations.notices import NewNotice, notify
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from monitoring.documents.bulletin import MIME
from monitoring.documents.periodic_report import files_of_report
from monitoring.models import PeriodicReport
from monitoring.operations.reports.draft import (
    OBJECT_TYPE,
    draft_report,
    last_report_period,
    receiver_of,
    report_url,
    retake_report,
)
from monitoring.queries.periodic_reports import OWN_KINDS, late_reports, report_standings
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.states.report import REPORT_MACHINE, SENDER
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

NAMED = ("issuer", "receiver", "province", "city")
UNFILLED = "（请填写）"


def _step(
    verb: str, report: PeriodicReport, by: User, scope: Scope, at: datetime,
    seen_version: int | None, inputs: dict[str, Any] | None = None,
) -> PeriodicReport:  # fmt: skip
    moved: PeriodicReport
    moved, _ = REPORT_MACHINE.perform(
        verb=verb, obj=report, by=by, at=at, inputs=inputs, seen_version=seen_version,
        standings=lambda row: report_standings(scope, row),
    )  # fmt: skip
    return moved


def _ask(report: PeriodicReport, organisation_id: int, act: str, title: str, at: datetime) -> None:
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[report.report_no], at=at)
    open_tasks(
        tasks=[
            NewTask(
                organisation_id=organisation_id, act=act, title=title, object_type=OBJECT_TYPE,
                object_key=report.report_no, url=report_url(report), roles=ACTING_ROLES,
                due_at=day_end(report.due_on) if report.due_on and act == "hand_in_report" else None,
            )
        ],
        at=at,
    )  # fmt: skip


@operation
def edit_report(
    *, report: PeriodicReport, title: str, body: str, by: User, scope: Scope, at: datetime,
    seen_version: int | None = None,
) -> PeriodicReport:  # fmt: skip
    """Change the words; the tables stay as they were taken."""
    if not title.strip():
        raise MissingInput("title", "请填写标题")
    if not body.strip():
        raise MissingInput("body", "请填写正文")
    return _step(
        "edit", report, by, scope, at, seen_version, {"title": title.strip(), "body": body.strip()}
    )


@operation
def submit_report(
    *, report: PeriodicReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> PeriodicReport:
    """Print it as PDF, Word and Excel, keep those, and put it before the receiver.

    Raises MissingInput (body) while a part that people fill in is not filled in.
    """
    moved = PeriodicReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    _refuse_submit(moved, scope, seen_version)
    moved.submitted_at, moved.submitted_by_name = at, by.audit_name
    moved.files = []
    for kind, made in files_of_report(moved, at=at).items():
        name = f"{moved.title}.{kind}"
        keep_made(
            owner_type=OBJECT_TYPE, owner_id=moved.pk, name=name, body=io.BytesIO(made),
            content_type=MIME[kind], by=by, at=at,
        )  # fmt: skip
        moved.files.append({"kind": kind, "name": name})
    # The new state needs its date and papers: they are there before it is.
    moved.save(update_fields=["submitted_at", "submitted_by_name", "files"])
    moved = _step("submit", moved, by, scope, at, None)
    _ask(moved, moved.receiver_id, "receive_report", f"接收{moved.title}", at)
    _tell(moved, moved.receiver_id, f"收到报告：{moved.title}", "submitted", at)
    return moved


def _refuse_submit(report: PeriodicReport, scope: Scope, seen_version: int | None) -> None:
    """What the machine would say at the end, before anything is printed."""
    held = report_standings(scope, report)
    said = REPORT_MACHINE.verdict(REPORT_MACHINE.named("submit"), report, held)
    if SENDER not in held:
        raise NotYours.of(said)
    if seen_version is not None and report.row_version != seen_version:
        raise StaleVersion(f"该报告已由{report.state_by_name}更新，请刷新后再办理")
    if not said:
        raise TransitionRefused.of(said)
    if UNFILLED in report.body:
        raise MissingInput("body", "正文还有“（请填写）”的部分没有填写，请修改文稿后再报送")


@operation
def receive_report(
    *, report: PeriodicReport, verb: str, note: str, by: User, scope: Scope, at: datetime,
    seen_version: int | None = None,
) -> PeriodicReport:  # fmt: skip
    """`accept` it, or `return` it with what is missing; its bureau is told."""
    if verb not in ("accept", "return"):
        raise KeyError(verb)
    moved = _step(verb, report, by, scope, at, seen_version, {"note": note.strip()})
    if verb == "return":
        _ask(moved, moved.issuer_id, "hand_in_report", f"报告被退回：{moved.title}", at)
    else:
        finish_tasks(object_type=OBJECT_TYPE, object_keys=[moved.report_no], at=at)
    words = "已接收" if verb == "accept" else f"被退回：{moved.note}"
    _tell(moved, moved.issuer_id, f"{moved.title}{words}"[:200], verb, at)
    return moved


def _tell(
    report: PeriodicReport, organisation_id: int, title: str, step: str, at: datetime
) -> None:
    key = f"{OBJECT_TYPE}-{report.pk}-{step}-{report.row_version}-{organisation_id}"
    notify(notices=[NewNotice(organisation_id, key, title, "", report_url(report))], at=at)


def perform_report_step(
    verb: str, report: PeriodicReport, *, note: str, by: User, scope: Scope, at: datetime,
    seen_version: int | None,
) -> PeriodicReport:  # fmt: skip
    """The steps by name, for page and API alike. KeyError for none of ours."""
    who: dict[str, Any] = {"by": by, "scope": scope, "at": at, "seen_version": seen_version}
    match verb:
        case "submit":
            return submit_report(report=report, **who)
        case "retake":
            return retake_report(report=report, **who)
    return receive_report(report=report, verb=verb, note=note, **who)


STEP_VERBS = ("submit", "retake", "accept", "return")


@dataclass(frozen=True)
class Due:
    """What a day's look brought: drafts made, late ones told of."""

    drafted: int
    told: int


@operation
def draft_due_reports(*, by: Actor, at: datetime) -> Due:
    """Draft what ended and is not there yet, and tell the province once of what is late."""
    today = shanghai_day(at)
    drafted = 0
    bureaus = Organisation.objects.filter(
        Q(region__level__in=["province", "city"]), kind="bureau", is_active=True
    ).select_related("region__parent")
    for bureau in bureaus.order_by("code"):
        for kind in OWN_KINDS.get(bureau.region.level if bureau.region else "", ()):
            first = last_report_period(kind, today)
            if PeriodicReport.objects.filter(issuer=bureau, kind=kind, period_from=first).exists():
                continue
            assert bureau.region is not None  # the level was read of it
            if receiver_of(kind, bureau, bureau.region.parent or bureau.region) is None:
                continue
            draft_report(kind=kind, first=first, issuer=bureau, by=by, at=at)
            drafted += 1
    late = list(
        PeriodicReport.objects.select_for_update(of=("self",)).select_related("issuer")
        .filter(late_reports(today), overdue_told_on__isnull=True).order_by("pk")
    )  # fmt: skip
    for each in late:
        each.overdue_told_on = today
        each.save(update_fields=["overdue_told_on"])
        _tell(
            each, each.receiver_id, f"逾期未报送：{each.issuer.name} {each.title}"[:200], "late", at
        )
        _tell(each, each.issuer_id, f"已逾期，请尽快报送：{each.title}"[:200], "late", at)
    return Due(drafted, len(late))
