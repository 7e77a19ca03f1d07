"""A subject's figures of the last months, and their sums where the definitions allow one.

Ratios are never averaged: amounts and counts of several batches are added on both sides, base
quantities are not, because their units differ from group to group.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from monitoring.models import IndicatorValue
from monitoring.queries.dashboard_choice import Choice
from monitoring.queries.dashboard_subject import Subject
from monitoring.queries.figure_terms import Terms
from monitoring.queries.figure_words import ratio
from monitoring.queries.live import figures_in
from monitoring.queries.visible import visible_indicator_values
from organisations.queries.scope import Scope

COLUMNS = (
    "month", "indicator", "window", "subject_type", "subject_code", "batch_code", "year_no",
    "group_code", "product_code", "category", "numerator", "denominator", "assessed",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One row of the roll-up, as light as a page of some thousand needs it."""

    month: date
    indicator: str
    window: str
    subject_type: str
    subject_code: str
    batch_code: str
    year_no: int | None
    group_code: str
    product_code: str
    category: str
    numerator: Decimal
    denominator: Decimal
    assessed: bool

    @property
    def value(self) -> Decimal | None:
        return ratio(self.numerator, self.denominator)


@dataclass(frozen=True)
class Total:
    """Figures added on both sides; `due` is the part of the denominator that 序时进度 asks for."""

    figures: tuple[Figure, ...]
    numerator: Decimal
    denominator: Decimal
    due: Decimal | None = None

    @property
    def value(self) -> Decimal | None:
        return ratio(self.numerator, self.denominator)

    @property
    def due_share(self) -> Decimal | None:
        return ratio(self.due, self.denominator)


def figures(rows: QuerySet[IndicatorValue]) -> list[Figure]:
    """The rows as plain figures, in one query."""
    return [Figure(*values) for values in rows.values_list(*COLUMNS)]


def subject_figures(
    scope: Scope,
    subject: Subject,
    choice: Choice,
    indicators: Iterable[str],
) -> list[Figure]:
    """The subject's own visible figures of the choice's months, the running one live."""
    wanted: dict[str, Any] = {
        "subject_type": subject.type,
        "subject_code": subject.code,
        "indicator__in": list(indicators),
    }
    if subject.province_id is not None:
        wanted["province_id"] = subject.province_id
    ended = [month for month in choice.months if month != choice.running]
    found = figures(visible_indicator_values(scope).filter(month__in=ended, **wanted))
    if choice.running is not None and choice.running in choice.months:
        found += figures(figures_in(scope, choice.running, choice.running).filter(**wanted))
    return latest_years(found)


def latest_years(found: list[Figure]) -> list[Figure]:
    """Where one agreement year ends and the next begins inside a month, the later one is shown."""
    newest: dict[tuple[date, str], int] = {}
    for figure in found:
        key = (figure.month, figure.batch_code)
        newest[key] = max(newest.get(key, 0), figure.year_no or 0)
    return [f for f in found if (f.year_no or 0) == newest[f.month, f.batch_code]]


def chosen(found: Iterable[Figure], choice: Choice, terms: Terms) -> list[Figure]:
    """Figures of the chosen batch and category; those without a batch stay, by category if they have one."""
    batches = chosen_batches(choice, terms)
    return [
        figure
        for figure in found
        if (not figure.batch_code or batches is None or figure.batch_code in batches)
        and (not figure.category or figure.category == (choice.category or "all"))
    ]


def chosen_batches(choice: Choice, terms: Terms) -> frozenset[str] | None:
    """Codes of the batches that are shown; None for all of them."""
    if choice.batch:
        return frozenset({choice.batch})
    if choice.category:
        return frozenset(
            code for code, batch in terms.batches.items() if batch.category == choice.category
        )
    return None


def choice_condition(choice: Choice, terms: Terms) -> Q:
    """The same as a condition on rows."""
    batches = chosen_batches(choice, terms)
    condition = Q(category__in=["", choice.category or "all"])
    if batches is not None:
        condition &= Q(batch_code__in=["", *sorted(batches)])
    return condition


def total(found: Iterable[Figure], terms: Terms | None = None) -> Total:
    """Numerators and denominators added; with terms also what is due by 序时进度."""
    listed = tuple(found)
    due: Decimal | None = None
    if terms is not None:
        shares = [(f, terms.progress(f.batch_code, f.year_no, f.month)) for f in listed]
        if listed and all(share is not None for _, share in shares):
            due = sum((f.denominator * (share or 0) for f, share in shares), Decimal(0))
    return Total(
        figures=listed,
        numerator=sum((f.numerator for f in listed), Decimal(0)),
        denominator=sum((f.denominator for f in listed), Decimal(0)),
        due=due,
    )
