"""Figures and warnings are seen by whom they name and by the authorities of the region."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from monitoring.models import (
    ComputedMonth,
    IndicatorValue,
    LiveMonth,
    LiveValue,
    Warning,
    WarningMonth,
    WarningStep,
)
from organisations.queries.scope import Scope
from organisations.queries.visibility import (
    NOTHING,
    condition,
    subject_alternatives,
    subject_rows,
    within,
)


def visible_indicator_values(scope: Scope) -> QuerySet[IndicatorValue]:
    """A county's officer sees the county and its units, not the city's or the province's own row."""
    return within(scope, IndicatorValue.objects.all(), subject_rows(scope))


def visible_live_values(scope: Scope) -> QuerySet[LiveValue]:
    """The running month's figures, seen as an ended month's are."""
    return within(scope, LiveValue.objects.all(), subject_rows(scope))


def visible_live_months(scope: Scope) -> QuerySet[LiveMonth]:
    """How current the figures are: to everybody who may see any."""
    return within(scope, LiveMonth.objects.all(), Q() if scope.is_business else NOTHING)


def visible_warnings(scope: Scope) -> QuerySet[Warning]:
    """A pool's own warnings name no institution and are shown to its agency and the authorities."""
    return within(scope, Warning.objects.all(), subject_rows(scope))


def visible_warning_months(scope: Scope) -> QuerySet[WarningMonth]:
    return within(scope, WarningMonth.objects.all(), _of_warning(scope))


def visible_warning_steps(scope: Scope) -> QuerySet[WarningStep]:
    return within(scope, WarningStep.objects.all(), _of_warning(scope))


def _of_warning(scope: Scope) -> Q:
    return condition(subject_alternatives(scope), prefix="warning__")


def visible_computed_months(scope: Scope) -> QuerySet[ComputedMonth]:
    """Which months there are: of the own province; of all for enterprises, who have none.

    The counts in it span the province; pages show them to the province's authorities only.
    """
    if not scope.is_business:
        seen = NOTHING
    elif scope.province_id is None:
        seen = Q()
    else:
        seen = Q(province_id=scope.province_id)
    return within(scope, ComputedMonth.objects.all(), seen)
