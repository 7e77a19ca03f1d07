"""The running month as pages and the API read it: its figures, its cut, and whether it is stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from django.db.models import QuerySet
from django.utils import timezone

from core.templatetags.formats import month_text
from monitoring.indicators.cut import SHANGHAI, MonthCut, UsedValues
from monitoring.models import IndicatorValue, LiveMonth
from monitoring.queries.visible import (
    visible_indicator_values,
    visible_live_months,
    visible_live_values,
)
from organisations.queries.scope import Scope

STALE_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class Live:
    """The running month up to its cut. Its figures stay readable when the worker stands still."""

    state: LiveMonth

    @property
    def month(self) -> date:
        return self.state.month

    @property
    def cut(self) -> MonthCut:
        return MonthCut(self.state.month, self.state.cut)

    @property
    def updated_at(self) -> datetime:
        return self.state.folded_at

    @property
    def used(self) -> UsedValues:
        """The policy values that the figures were made with."""
        return UsedValues.from_json(self.state.policy_values)

    @property
    def stale(self) -> bool:
        """Not brought up to date for more than a minute, or refused with a reason."""
        return bool(self.state.problem) or timezone.now() - self.updated_at > STALE_AFTER

    @property
    def clock(self) -> str:
        """The moment up to which events are counted: hh:mm:ss of today, else with its day."""
        at = self.state.cut.astimezone(SHANGHAI)
        today = timezone.now().astimezone(SHANGHAI).date()
        return f"{at:%H:%M:%S}" if at.date() == today else f"{at:%m-%d %H:%M:%S}"

    @property
    def problem(self) -> str:
        return self.state.problem

    @property
    def label(self) -> str:
        return f"{month_text(self.month)}（实时）"


def live_of(scope: Scope) -> Live | None:
    """The running month, once its figures have been built; None before that."""
    state = visible_live_months(scope).exclude(policy_values={}).first()
    return Live(state) if state is not None else None


def visible_figures(scope: Scope, month: date) -> QuerySet[IndicatorValue]:
    """Visible figures of a month: live ones of the running month, else those of its computation."""
    live = live_of(scope)
    return figures_in(scope, month, live.month if live else None)


def figures_in(scope: Scope, month: date, running: date | None) -> QuerySet[IndicatorValue]:
    """The same where the running month is known. Both tables have the same columns."""
    if month == running:
        rows = visible_live_values(scope).filter(month=month)
        return cast("QuerySet[IndicatorValue]", rows)
    return visible_indicator_values(scope).filter(month=month)
