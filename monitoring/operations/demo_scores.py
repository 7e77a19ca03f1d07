"""供应评分 of the demonstration: all computed months, one appeal that waits, one that was upheld."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from core.audit.record import Actor
from core.operations import operation
from core.workdays.deadlines import shanghai_day
from monitoring.models import ComputedMonth, ScoreAppeal, SupplyScore
from monitoring.operations.score_appeals import appeal_score, uphold_appeal
from monitoring.operations.score_month import score_months
from monitoring.operations.score_steps import propose_from_score
from monitoring.states.score import STEPS_OF
from organisations.models import User
from organisations.queries.scope import scope_of

NAMES = ("manufacturer", "distributor", "province")
EVIDENCE = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@operation
def create_demo_scores(*, by: Actor, at: datetime) -> bool:
    """By the steps that the demo people take; a second start finds everything there."""
    if SupplyScore.objects.exists():
        return False
    months = list(ComputedMonth.objects.order_by("month").values_list("month", flat=True))
    score_months(months=months, by=by, at=at - timedelta(days=2))
    rows = User.objects.select_related("organisation__region__parent__parent")
    people = {user.username: user for user in rows.filter(username__in=NAMES)}
    if len(people) < len(NAMES):
        return True
    _appeal(people["distributor"], "month", "on_time", "三批货物因洪水道路中断晚到，请核减。", at)
    made = _appeal(
        people["manufacturer"], "month", "on_time", "两行订单医疗机构要求延后送货，请更正。", at
    )
    if made is not None:
        _uphold(made, people["province"], at)
    _propose(people["province"], at)
    return True


def _appeal(user: User, period: str, part: str, claim: str, at: datetime) -> ScoreAppeal | None:
    """Against the newest score that has room for a correction."""
    score = (
        SupplyScore.objects.filter(
            enterprise=user.organisation_id, period=period, is_current=True,
            parts__part=part, parts__denominator__gt=4,
        )
        .order_by("-period_from", "side")
        .first()
    )  # fmt: skip
    if score is None:
        return None
    evidence = SimpleUploadedFile("情况说明.pdf", EVIDENCE, "application/pdf")
    return appeal_score(
        score=score, part=part, claim=claim, uploads=[evidence], by=user,
        scope=scope_of(user, shanghai_day(at)), at=at - timedelta(days=1),
    )  # fmt: skip


def _uphold(appeal: ScoreAppeal, user: User, at: datetime) -> None:
    part = appeal.score.parts.get(part=appeal.part)
    less = min(Decimal(2), part.denominator - part.numerator) or Decimal(1)
    numerator = min(part.numerator, part.denominator - less)
    uphold_appeal(
        appeal=appeal, note="经核实医疗机构的延后送货函，核减相应订单行。", numerator=numerator,
        denominator=part.denominator - less, by=user, scope=scope_of(user, shanghai_day(at)), at=at,
    )  # fmt: skip


def _propose(user: User, at: datetime) -> None:
    """One interview for the quarter's lowest, which the officer has yet to take."""
    score = (
        SupplyScore.objects.filter(
            province=user.organisation.region_id, period="quarter", is_current=True,
            grade__in=[grade for grade, kinds in STEPS_OF.items() if "interview" in kinds],
        )
        .order_by("-period_from", "score", "pk")
        .first()
    )  # fmt: skip
    if score is not None:
        propose_from_score(
            score=score, kind="interview", by=user, scope=scope_of(user, shanghai_day(at)), at=at
        )
