"""Batches as lists show them: stage, the year that runs, how much was selected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from catalog.models import AgreementYear, Batch, Selection
from catalog.queries.in_force import stage_of
from catalog.queries.visible import visible_agreement_years, visible_batches
from organisations.queries.scope import Scope
from policy.queries.visible import visible_policies


@dataclass(frozen=True)
class BatchRow:
    """`current` is the agreement year that runs on the day, None outside the batch's cycle."""

    batch: Batch
    stage: str
    level: str
    current: AgreementYear | None
    year_count: int
    group_count: int
    selected_count: int
    standby_count: int

    @property
    def years(self) -> str:
        """第 1 年（共 2 年）, or how many there are."""
        if self.current is None:
            return f"共 {self.year_count} 年" if self.year_count else ""
        return f"第 {self.current.year_no} 年（共 {self.year_count} 年）"


def batches_with_counts(scope: Scope) -> QuerySet[Batch]:
    """Visible batches with policy, years and the number of groups and products."""
    standing = Q(selections__withdrawn_at__isnull=True)
    selected = standing & Q(selections__role=Selection.Role.SELECTED)
    standby = standing & Q(selections__role=Selection.Role.STANDBY)
    return (
        visible_batches(scope)
        .select_related("policy")
        .prefetch_related(Prefetch("years", visible_agreement_years(scope).order_by("year_no")))
        .annotate(
            group_count=Count("selections__product__group", filter=standing, distinct=True),
            selected_count=Count("selections__product", filter=selected, distinct=True),
            standby_count=Count("selections__product", filter=standby, distinct=True),
        )
    )


def batch_rows(batches: Iterable[Batch], on: date) -> list[BatchRow]:
    """Rows of batches from `batches_with_counts`."""
    return [_row(batch, on) for batch in batches]


def current_year(years: Iterable[AgreementYear], on: date) -> AgreementYear | None:
    return next((year for year in years if year.starts_on <= on <= year.ends_on), None)


def _row(batch: Batch, on: date) -> BatchRow:
    stage, level = stage_of(batch.effective_on, batch.ends_on, on)
    years = list(batch.years.all())
    return BatchRow(
        batch=batch,
        stage=stage,
        level=level,
        current=current_year(years, on),
        year_count=len(years),
        group_count=getattr(batch, "group_count", 0),
        selected_count=getattr(batch, "selected_count", 0),
        standby_count=getattr(batch, "standby_count", 0),
    )


def policy_options(scope: Scope) -> list[dict[str, str]]:
    rows = visible_policies(scope).values_list("code", "name")
    return [{"value": code, "label": name} for code, name in rows]


def batch_options(scope: Scope) -> list[dict[str, str]]:
    rows = visible_batches(scope).order_by("-effective_on", "code").values_list("code", "name")
    return [{"value": code, "label": name} for code, name in rows]
