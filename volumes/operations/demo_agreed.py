"""Review and agreed quantities of the demonstration: each bureau finds work, one round to confirm."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.operations import operation
from core.workdays.deadlines import day_end, shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope, scope_of
from volumes.models import AgreedQuantity, AgreedRound, VolumeReport, VolumeReportLine
from volumes.operations.agreed.compute import compute_round
from volumes.operations.agreed.publish import PublishedRow, take_published
from volumes.operations.agreed.rounds import open_round
from volumes.operations.reports.moving import ask
from volumes.operations.review.levels import pass_report, take_report
from volumes.operations.review.lines import judge_lines
from volumes.queries.review import FLAGGED
from volumes.queries.standings import REVIEWING_ROLES

PUBLISHED = 3
"""How many of the hospital's products get another quantity by publication."""


class Silent:
    """Nobody waits for the demonstration's computation."""

    def progress(self, done: int, total: int | None = None, stage: str | None = None) -> None:
        """Said to nobody."""


@operation
def create_demo_agreed(*, at: datetime) -> AgreedRound | None:
    """Reports at county and city, and a computed round with published differences; made once."""
    if AgreedRound.objects.exists():
        return None
    _reviews(at)
    return _round(at)


def _user(username: str) -> User | None:
    return (
        User.objects.select_related("organisation__region__parent__parent")
        .filter(username=username)
        .first()
    )


def _scope(user: User, at: datetime) -> Scope:
    return scope_of(user, shanghai_day(at))


def _reviews(at: datetime) -> None:
    """The county has passed one on to the city and begun another; every office is asked."""
    for report in VolumeReport.objects.filter(state="submitted", office__isnull=False):
        ask(report, report.office_id or 0, "review_report", "审核报量", at, roles=REVIEWING_ROLES)
    county = _user("county")
    if county is None:
        return
    own = VolumeReport.objects.filter(state="submitted", office=county.organisation)
    common = {"by": county, "scope": _scope(county, at), "at": at}
    for place, report in enumerate(own.order_by("report_no")[:2]):
        taken = take_report(report=report, **common)  # type: ignore[arg-type]
        if place == 0:
            flagged = VolumeReportLine.objects.filter(FLAGGED, report=taken)
            codes = list(flagged.values_list("group__code", flat=True))
            if codes:
                judge_lines(
                    report=taken, groups=codes, verdict="accepted", reasons=[],
                    note="说明属实", by=county, scope=_scope(county, at), at=at,
                )  # fmt: skip
            pass_report(report=taken, **common)  # type: ignore[arg-type]


def _round(at: datetime) -> AgreedRound | None:
    """Of the newest batch year with confirmed figures; the province finds it to be confirmed."""
    province, hospital = _user("province"), _user("hospital")
    if province is None or hospital is None:
        return None
    scope = _scope(province, at)
    confirmed = VolumeReportLine.objects.filter(
        province=scope.province_id, status="approved", institution=hospital.organisation,
        batch__policy__province_code=scope.province_code,
    ).select_related("batch")  # fmt: skip
    newest = confirmed.order_by("-batch__effective_on", "-year_no", "batch__code").first()
    if newest is None:
        return None
    row = open_round(
        batch=newest.batch, year_no=newest.year_no,
        choice_until=day_end(shanghai_day(at) + timedelta(days=10)), unbound_levels=[],
        unbound_clause="", by=province, scope=scope, at=at,
    )  # fmt: skip
    compute_round(row=row, by=province, at=at, listener=Silent())
    _publish(row, hospital, province, at)
    return AgreedRound.objects.get(pk=row.pk)


def _publish(row: AgreedRound, hospital: User, province: User, at: datetime) -> None:
    """The organiser published other quantities for some products of the hospital."""
    mine = AgreedQuantity.objects.filter(round=row, institution=hospital.organisation)
    rows = []
    for held in mine.order_by("group__code")[:PUBLISHED]:
        share = held.shares.select_related("product").order_by("product__code").first()
        if share is None or share.price is None:
            continue
        pack = share.product.base_units_per_pack
        quantity = held.computed_qty // pack * pack + pack
        rows.append(
            PublishedRow(0, hospital.organisation_id, share.product_id, quantity, share.price)
        )
    if rows:
        take_published(row=row, rows=rows, by=province, scope=_scope(province, at), at=at)
