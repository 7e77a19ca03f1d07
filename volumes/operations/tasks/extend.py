"""A later end of the window for one unit, and a report of a unit that need not."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from inbox.operations.notices import NewNotice, notify
from organisations.models import User
from organisations.queries.scope import Scope
from volumes.models import ReportExtension, ReportTask, VolumeReport
from volumes.queries.standings import ACTING_ROLES
from volumes.rules.window import ends_at, moment
from volumes.states.report import INSIDE_STATES

OBJECT_TYPE = "volume_report"


def may_extend(scope: Scope, task: ReportTask) -> bool:
    """People of the office that opened the task, or of the province's bureau."""
    if not scope.is_bureau or not scope.has_role(*ACTING_ROLES):
        return False
    own = task.organisation_id == scope.organisation_id
    return own or (scope.is_province_bureau and task.province_id == scope.province_id)


@operation
def extend_report(
    *,
    report: VolumeReport,
    until: datetime,
    reason: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ReportExtension:
    """Let one unit report until later; after the window that is a reopening. Needs a reason.

    Raises NotYours, StaleVersion, MissingInput; TransitionRefused for a report that was handed in
    (that is returned instead) or whose task is a draft.
    """
    row = (
        VolumeReport.objects.select_for_update(of=("self",))
        .select_related("task", "institution")
        .get(pk=report.pk)
    )
    if not may_extend(scope, row.task):
        raise NotYours("延期由发起任务的医保局或省医保局的经办、审核或负责人办理")
    if seen_version is not None and row.row_version != seen_version:
        raise StaleVersion("该报量已由他人更新，请刷新后再办理")
    if row.state not in INSIDE_STATES:
        raise TransitionRefused(
            f"该单位的报量是“{row.get_state_display()}”，不需要延期；需要修改的请退回"
        )
    if not reason.strip():
        raise MissingInput("reason", "请填写延期的理由")
    end = ends_at(row.task.closes_at, row.extended_until)
    if until <= at or until <= end:
        raise MissingInput("until", f"延期须晚于现在的截止时间 {moment(end)} 和现在")
    return grant_time(row, until=until, reason=reason, by=by, at=at)


def grant_time(
    row: VolumeReport, *, until: datetime, reason: str, by: User, at: datetime
) -> ReportExtension:
    """Write the later end down, tell the unit, move its 待办; the caller holds the row's lock."""
    late = at >= ends_at(row.task.closes_at, row.extended_until)
    kind = ReportExtension.Kind.REOPENING if late else ReportExtension.Kind.EXTENSION
    made = ReportExtension.objects.create(
        report=row, kind=kind, until=until, reason=reason.strip(), granted_at=at,
        granted_by_id=by.audit_id, granted_by_name=by.audit_name, organisation=by.organisation,
    )  # fmt: skip
    row.extended_until = until
    row.row_version += 1
    row.save(update_fields=["extended_until", "row_version"])
    record(
        by=by, at=at, action=f"volume_report.{kind}", object_type=OBJECT_TYPE, object_key=row.pk,
        object_label=row.report_no, reason=reason.strip(),
        detail={"until": until.isoformat(), "reason": f"{made.get_kind_display()}至 {moment(until)}：{reason.strip()}"},
    )  # fmt: skip
    Task.objects.filter(
        object_type=OBJECT_TYPE, object_key=row.report_no, done_at__isnull=True
    ).update(due_at=until)
    notify(
        notices=[
            NewNotice(
                organisation_id=row.institution_id, key=f"report:{row.report_no}:until:{made.pk}",
                title=f"报量{made.get_kind_display()}至 {moment(until)}：{row.task.title}",
                body=reason.strip(), url=reverse("volume-report", args=[row.report_no]),
                category=Notice.Category.DEADLINE,
            )
        ],
        at=at,
    )  # fmt: skip
    return made
