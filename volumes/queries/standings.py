"""In which capacity somebody acts on a task, a report, a member's sheet or a letter."""

from __future__ import annotations

from organisations.queries.scope import Scope
from volumes.models import MemberSheet, ReportTask, VolumeReport
from volumes.states import letter, report, sheet, task

ACTING_ROLES = ("clerk", "reviewer", "leader")
REVIEWING_ROLES = ("reviewer", "leader")


def own_ids(scope: Scope) -> frozenset[int]:
    """The own organisation and those that merged into it."""
    return frozenset({scope.organisation_id, *scope.predecessor_ids})


def opens_tasks(scope: Scope) -> bool:
    """People of a province's or a city's bureau who may make a task."""
    return (
        scope.is_bureau
        and scope.region_level in ("province", "city")
        and scope.has_role(*ACTING_ROLES)
    )


def task_standings(scope: Scope, row: ReportTask) -> frozenset[str]:
    """The office that made it."""
    own = row.organisation_id == scope.organisation_id and opens_tasks(scope)
    return frozenset({task.OPENER}) if own else frozenset()


def report_standings(scope: Scope, row: VolumeReport) -> frozenset[str]:
    """The unit's people by their roles; reviewers of the bureau whose turn it is."""
    if not scope.is_business:
        return frozenset()
    if row.institution_id in own_ids(scope):
        return frozenset(scope.roles & {report.CLERK, report.REVIEWER, report.LEADER})
    if row.office_id == scope.organisation_id and scope.has_role(*REVIEWING_ROLES):
        return frozenset({report.OFFICE})
    return frozenset()


def writes_report(scope: Scope, row: VolumeReport) -> bool:
    """Figures are written by the unit's clerk; reviewer and leader hand back what they want changed."""
    return row.institution_id in own_ids(scope) and scope.has_role("clerk")


def sheet_standings(scope: Scope, row: MemberSheet) -> frozenset[str]:
    """The member's people; the lead's; of a lead's own sheet they are both. Reads the report."""
    if not scope.is_business or not scope.has_role(*ACTING_ROLES):
        return frozenset()
    held = set()
    if row.institution_id in own_ids(scope):
        held.add(sheet.MEMBER)
    if row.report.institution_id in own_ids(scope):
        held.add(sheet.LEAD)
    return frozenset(held)


def letter_standings(scope: Scope, row: VolumeReport) -> frozenset[str]:
    """The unit's people hand in the signed paper."""
    own = row.institution_id in own_ids(scope) and scope.has_role(*ACTING_ROLES)
    return frozenset({letter.SIGNER}) if own else frozenset()
