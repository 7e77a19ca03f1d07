"""An institution that is not asked reports of its own will, where the task lets others do so."""

from __future__ import annotations

from datetime import datetime

from core.audit.record import record
from core.operations import operation
from core.transitions import NotYours, TransitionRefused, Verdict
from organisations.models import Organisation, User
from organisations.queries.scope import Scope
from volumes.models import MemberSheet, ReportTask, VolumeReport
from volumes.operations.reports.moving import ask_unit
from volumes.queries.standings import ACTING_ROLES
from volumes.rules.window import within_window


def volunteering(scope: Scope, task: ReportTask, at: datetime) -> Verdict:
    """May this institution join? A refusal says why not; other readers are refused too."""
    if not scope.is_business or scope.kind != "institution" or not scope.has_role(*ACTING_ROLES):
        return Verdict(False, "自愿填报由医疗机构的经办、审核或负责人申请")
    if task.state != ReportTask.State.OPEN:
        return Verdict(False, "任务没有在填报中")
    if not task.others_may:
        return Verdict(False, "这个任务只由名单上的单位填报")
    if VolumeReport.objects.filter(task=task, institution_id=scope.organisation_id).exists():
        return Verdict(False, "本单位已在名单上")
    if MemberSheet.objects.filter(report__task=task, institution_id=scope.organisation_id).exists():
        return Verdict(False, "本单位由医共体牵头机构整体填报")
    return within_window(at, opens_at=task.opens_at, closes_at=task.closes_at)


@operation
def volunteer(*, task: ReportTask, by: User, scope: Scope, at: datetime) -> VolumeReport:
    """List the institution with a report that it need not make. Raises NotYours, TransitionRefused."""
    row = ReportTask.objects.select_for_update(of=("self",)).get(pk=task.pk)
    if scope.kind != "institution" or not scope.has_role(*ACTING_ROLES):
        raise NotYours("自愿填报由医疗机构的经办、审核或负责人申请")
    allowed = volunteering(scope, row, at)
    if not allowed:
        raise TransitionRefused(allowed.reason)
    hospital: Organisation = by.organisation
    assert scope.province_id is not None
    places = {"county": scope.county_id, "city": scope.city_id, "province": scope.province_id}
    report = VolumeReport.objects.create(
        report_no=f"{row.task_no}-{hospital.code}", task=row, is_obliged=False,
        path=[level for level in row.review_levels if _has_bureau(places[level])],
        institution=hospital, county_id=scope.county_id, city_id=scope.city_id,
        province_id=scope.province_id, pool_id=hospital.pool_id, state_at=at,
        state_by_id=by.audit_id, state_by_name=by.audit_name,
    )  # fmt: skip
    if not report.path:
        raise TransitionRefused("本单位所在地没有可以审核的医保局，请联系发起任务的医保局")
    record(
        by=by, at=at, action="volume_report.volunteer", object_type="volume_report",
        object_key=report.pk, object_label=report.report_no,
    )  # fmt: skip
    ask_unit(report, "fill_report", "报量", at, roles=("clerk",))
    return report


def _has_bureau(region_id: int | None) -> bool:
    return (
        region_id is not None
        and Organisation.objects.filter(kind="bureau", is_active=True, region_id=region_id).exists()
    )
