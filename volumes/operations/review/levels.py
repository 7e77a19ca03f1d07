"""A report passes the levels, goes back, or is opened again; one step at a time, each with its trace."""

from __future__ import annotations

from datetime import datetime

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, TransitionRefused
from organisations.models import User
from organisations.queries.scope import Scope
from volumes.models import AgreedRound, ReportExtension, VolumeReport
from volumes.operations.reports.moving import OBJECT_TYPE, ask, ask_unit, move, put_before, tell
from volumes.operations.review.lines import accept_open_lines
from volumes.queries.places import office_of
from volumes.queries.review import WAITING, with_line_counts
from volumes.queries.standings import REVIEWING_ROLES, report_standings
from volumes.rules.review import CLAUSE, may_pass, may_reopen
from volumes.rules.window import ends_at, moment
from volumes.states.report import OFFICE, next_level

LABELS = {"county": "县级", "city": "市级", "province": "省级"}


@operation
def take_report(
    *, report: VolumeReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> VolumeReport:
    """The bureau whose turn it is begins; from now on the unit cannot withdraw it."""
    level = next_level(report)
    if not level:
        raise TransitionRefused("本报量没有待开始的审核层级", CLAUSE)
    row = move(f"take_{level}", report, by=by, at=at, scope=scope, seen_version=seen_version)
    put_before(row, row.office, level, at)
    _ask_office(row, at)
    return row


@operation
def pass_report(
    *, report: VolumeReport, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> VolumeReport:
    """Pass it on to the next level, or confirm it at the last.

    Lines beyond the limits must have been judged one by one; all others are accepted with it.
    One that nobody has begun to review is begun with it. Raises TransitionRefused, NotYours,
    StaleVersion; nothing is written then.
    """
    row = _held(report)
    if row.state not in WAITING:
        require_office(scope, row)
        raise TransitionRefused(f"当前状态为“{row.get_state_display()}”，不在审核中", CLAUSE)
    counted = with_line_counts(VolumeReport.objects.filter(pk=row.pk)).get()
    allowed = may_pass(unjudged=counted.unjudged, returned=counted.returned_n)  # type: ignore[attr-defined]
    if not allowed and row.state in WAITING and OFFICE in report_standings(scope, row):
        raise TransitionRefused.of(allowed)
    if row.state == "submitted":
        row = take_report(report=row, by=by, scope=scope, at=at, seen_version=seen_version)
        seen_version = None
    target = next_level(row)
    level = row.level
    verb = f"forward_{target}" if target else "confirm"
    row = move(verb, row, by=by, at=at, scope=scope, seen_version=seen_version)
    accept_open_lines(row, level, by=by, at=at, fresh=bool(target))
    if not target:
        # The office stays: who confirmed it may open it again.
        row.confirmed_at, row.held_since = at, at
        row.save(update_fields=["confirmed_at", "held_since"])
        tell(row, "报量已确认", at)
        return row
    office = office_of(row, target)
    if office is None:
        raise TransitionRefused(f"没有承担{LABELS[target]}审核的医保局，请联系省医保局")
    put_before(row, office, target, at)
    _ask_office(row, at)
    tell(row, f"报量已通过{LABELS[level]}审核，由{office.name}审核", at)
    return row


@operation
def return_report(
    *,
    report: VolumeReport,
    opinion: str,
    by: User,
    scope: Scope,
    at: datetime,
    until: datetime | None = None,
    seen_version: int | None = None,
) -> VolumeReport:
    """Send it back from any level; the flow begins anew when the unit hands it in again.

    After the window `until` says how long the unit may mend it, and the opinion is the reason.
    """
    row = _held(report)
    allowed = may_reopen(
        at=at, window_ends=ends_at(row.task.closes_at, row.extended_until), until=until
    )
    if not allowed and report_standings(scope, row):
        raise MissingInput("until", allowed.reason, allowed.clause)
    row = move(
        "return", row, by=by, at=at, scope=scope, seen_version=seen_version,
        inputs={"opinion": opinion.strip()},
    )  # fmt: skip
    put_before(row, None, "", at)
    if until is not None:
        _extend(row, until, opinion, by, scope, at)
    ask_unit(row, "fill_report", "报量被退回，请修改", at, roles=("clerk",))
    tell(row, f"报量被{scope_name(by)}退回", at, opinion)
    return row


@operation
def reopen_report(
    *,
    report: VolumeReport,
    opinion: str,
    until: datetime,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> VolumeReport:
    """A confirmed report is opened again, with a reason and an end; not once quantities are agreed.

    Raises TransitionRefused where the year's agreed quantities are confirmed.
    """
    row = _held(report)
    if row.state == "confirmed" and until <= at:
        raise MissingInput("until", "重新开放的截止时间须晚于现在", CLAUSE)
    settled = AgreedRound.objects.filter(
        batch_id=row.task.batch_id, year_no=row.task.year_no, province_id=row.province_id,
        state="confirmed",
    )  # fmt: skip
    if report_standings(scope, row) and settled.exists():
        raise TransitionRefused(
            "本采购年度的约定采购量已经确认，报量不能再重新开放；数量调整请办理协议变更", CLAUSE
        )
    row = move(
        "reopen", row, by=by, at=at, scope=scope, seen_version=seen_version,
        inputs={"opinion": opinion.strip()},
    )  # fmt: skip
    put_before(row, None, "", at)
    _extend(row, until, opinion, by, scope, at)
    ask_unit(row, "fill_report", "报量重新开放，请修改", at, roles=("clerk",))
    tell(row, "报量已重新开放", at, opinion)
    return row


def scope_name(by: User) -> str:
    """Whose officer acts."""
    return by.audit_organisation_name


def require_office(scope: Scope, row: VolumeReport) -> None:
    """Raises NotYours for whoever is not the bureau whose turn it is."""
    if OFFICE not in report_standings(scope, row):
        raise NotYours("由承担本级审核的医保局的审核或负责人办理", CLAUSE)


def _held(report: VolumeReport) -> VolumeReport:
    return (
        VolumeReport.objects.select_for_update(of=("self",))
        .select_related("task", "office", "institution")
        .get(pk=report.pk)
    )


def _ask_office(row: VolumeReport, at: datetime) -> None:
    if row.office_id is not None:
        ask(row, row.office_id, "review_report", "审核报量", at, roles=REVIEWING_ROLES)


def _extend(
    row: VolumeReport, until: datetime, reason: str, by: User, scope: Scope, at: datetime
) -> None:
    ReportExtension.objects.create(
        report=row, kind=ReportExtension.Kind.REOPENING, until=until, reason=reason.strip(),
        granted_at=at, granted_by_id=by.audit_id, granted_by_name=by.audit_name,
        organisation_id=scope.organisation_id,
    )  # fmt: skip
    row.extended_until = until
    row.save(update_fields=["extended_until"])
    record(
        by=by, at=at, action="volume_report.reopen_until", object_type=OBJECT_TYPE,
        object_key=row.pk, object_label=str(row), reason=f"重新开放至 {moment(until)}：{reason.strip()}",
        clause=CLAUSE, detail={"until": until.isoformat()},
    )  # fmt: skip
