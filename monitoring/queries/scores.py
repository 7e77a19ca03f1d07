"""Who sees 供应评分 and appeals, in which capacity, and until when one may appeal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q, QuerySet

from catalog.queries.province_values import province_value, whole_days
from core.workdays.deadlines import Deadline, add_workdays, shanghai_day
from monitoring.models import ScoreAppeal, SupplyScore, SupplyScorePart
from monitoring.states.action_kinds import OFFICERS
from monitoring.states.score import APPELLANT, RULER, STEPS_OF, Part
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, condition, subject_alternatives, within

APPEAL_DAYS = "appeal_workdays"
SHOWN_WITH = ("enterprise", "province")
ADVISED = Q(grade__in=sorted(STEPS_OF), period__in=("quarter", "year"))
"""Scores whose grade gives reason for a measure; a single month does not."""


def visible_scores(scope: Scope) -> QuerySet[SupplyScore]:
    """The province's bureau all of its province, an enterprise its own, nobody else any."""
    return within(scope, SupplyScore.objects.all(), _seen(scope))


def visible_appeals(scope: Scope) -> QuerySet[ScoreAppeal]:
    """As the scores that they are against."""
    return within(scope, ScoreAppeal.objects.all(), _seen(scope))


def _seen(scope: Scope) -> Q:
    if scope.is_province_bureau:
        return Q(province_id=scope.region_id)
    if scope.is_business and scope.kind == "enterprise":
        return condition(subject_alternatives(scope))
    return NOTHING


def sees_scores(scope: Scope) -> bool:
    return scope.is_province_bureau or (scope.is_business and scope.kind == "enterprise")


def score_standings(scope: Scope, row: SupplyScore | ScoreAppeal) -> frozenset[str]:
    """Officers of the province rule; people of the enterprise itself appeal."""
    if not scope.is_business or not scope.has_role(*OFFICERS):
        return frozenset()
    if scope.is_province_bureau:
        return frozenset({RULER}) if row.province_id == scope.region_id else frozenset()
    own = {scope.organisation_id, *scope.predecessor_ids}
    return frozenset({APPELLANT}) if row.enterprise_id in own else frozenset()


def appeal_until(score: SupplyScore) -> Deadline:
    """The last day of appeal: appeal_workdays after this version was made."""
    day = shanghai_day(score.made_at)
    days = whole_days(province_value(score.province, day, APPEAL_DAYS))
    return add_workdays(day, days)


def may_appeal(scope: Scope, score: SupplyScore, at: datetime) -> bool:
    return (
        APPELLANT in score_standings(scope, score)
        and score.is_current
        and score.score is not None
        and shanghai_day(at) <= appeal_until(score).day
    )


def parts_of(score: SupplyScore) -> list[SupplyScorePart]:
    """The five parts in the order of rules.md."""
    order: Mapping[str, int] = {part: number for number, part in enumerate(Part.values)}
    return sorted(score.parts.all(), key=lambda each: order[each.part])
