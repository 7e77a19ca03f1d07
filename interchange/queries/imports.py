"""Imports of datasets as their province's bureau sees them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from core.jobs.models import Job
from core.transitions import Verdict
from interchange.models import DatasetImport
from interchange.rules import IMPORTER_ROLE, brings_in
from interchange.states import AT_WORK, IMPORTER, LEVELS, ImportState
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within


def visible_imports(scope: Scope) -> QuerySet[DatasetImport]:
    """The imports of one's own province, for its bureau."""
    seen = Q(province_code=scope.province_code) if scope.is_province_bureau else NOTHING
    return within(scope, DatasetImport.objects.all(), seen)


def may_import(scope: Scope) -> Verdict:
    """Whether this person may hand in, confirm and cancel imports."""
    return brings_in(
        is_province_bureau=scope.is_province_bureau, has_role=scope.has_role(IMPORTER_ROLE)
    )


def import_standings(scope: Scope, row: DatasetImport) -> frozenset[str]:
    """What this person is to the import."""
    own = row.province_code == scope.province_code and bool(may_import(scope))
    return frozenset({IMPORTER}) if own else frozenset()


def state_shown(row: DatasetImport) -> tuple[str, str, str]:
    """(state, label, colour): the import's own, save where its job ended without it."""
    state, label = row.state, row.get_state_display()
    if row.state in AT_WORK and row.job is not None:
        if row.job.state in (Job.State.QUEUED, Job.State.FAILED):
            label = "等待检查" if row.state == ImportState.CHECKING else "等待写入"
        elif row.job.state == Job.State.CANCELLED:
            state, label = ImportState.CANCELLED, ImportState.CANCELLED.label
        elif row.job.state in (Job.State.DEAD, Job.State.REFUSED):
            state, label = ImportState.FAILED, ImportState.FAILED.label
    return state, label, LEVELS[state]


def is_over(row: DatasetImport) -> bool:
    """Whether nothing is at work on it and nothing can be done with it any more."""
    return state_shown(row)[0] in ("refused", "done", "failed", "cancelled")


def at_work_elsewhere(row_id: int, province_code: str) -> str:
    """Whose import or load holds the others up, in words; people of other provinces unnamed."""
    other = (
        DatasetImport.objects.exclude(pk=row_id)
        .filter(state__in=AT_WORK, job__state=Job.State.RUNNING)
        .order_by("pk")
        .first()
    )
    if other is None:
        return "另一次数据集加载"
    if other.province_code != province_code:
        return "另一项数据导入"
    return f"{other.state_by_name}的导入 {other.import_no}"
