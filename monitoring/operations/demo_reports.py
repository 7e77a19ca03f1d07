"""年度考核 and reports of the demonstration: ended years judged, reports drafted, one city's handed in."""

from __future__ import annotations

from datetime import datetime

from catalog.models import AgreementYear
from core.audit.record import Actor
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from monitoring.models import PeriodicReport, YearAssessment
from monitoring.operations.assessments.compute import assess_year
from monitoring.operations.reports.hand_in import draft_due_reports, edit_report, submit_report
from organisations.models import User
from organisations.queries.scope import scope_of

KEPT_YEARS = 3
"""Of the years that are over the newest, so that a start stays a start."""


@operation
def create_demo_periodic(*, by: Actor, at: datetime) -> bool:
    """By the steps that the clock and the demo people take; a second start finds all there.

    The half-year reports of the other cities stay in draft: past their day they are late.
    """
    if PeriodicReport.objects.exists() or YearAssessment.objects.exists():
        return False
    today = shanghai_day(at)
    ended = AgreementYear.objects.select_related("batch__policy").filter(ends_on__lt=today)
    for year in ended.order_by("-ends_on", "batch_id")[:KEPT_YEARS]:
        assess_year(year=year, by=by, at=at)
    draft_due_reports(by=by, at=at)
    city = (
        User.objects.select_related("organisation__region__parent__parent")
        .filter(username="city").first()
    )  # fmt: skip
    report = (
        PeriodicReport.objects.filter(kind="half_year", issuer=city.organisation_id).first()
        if city is not None
        else None
    )
    if city is None or report is None:
        return True
    scope = scope_of(city, today)
    words = report.body.replace(
        "（请填写）", "个别乡镇卫生院配送间隔较长，已督促配送企业增加班次。"
    )
    report = edit_report(report=report, title=report.title, body=words, by=city, scope=scope, at=at)
    if scope.has_role("reviewer", "leader"):
        submit_report(report=report, by=city, scope=scope, at=at)
    return True
