"""Selections that a confirmed change of a batch's result ended: since when, by which change, why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet

from catalog.models import ResultChange, Selection
from catalog.states.result_change import ResultKind
from catalog.states.two_people import ProposalState
from core.database.prepared import Prepared


def cancelled_results(
    ids: Collection[int], regions: Collection[int], on: date
) -> dict[int, ResultChange]:
    """The newest cancellation in force of each product in these regions; batches under way only."""
    return {row.product_id: row for row in _CANCELLED.rows(list(ids), list(regions), on)}


def _cancelled(products: list[int], regions: list[int], on: date) -> QuerySet[ResultChange]:
    return ResultChange.objects.filter(
        product__among=products, region__among=regions, kind=ResultKind.CANCELLED,
        role=Selection.Role.SELECTED, state=ProposalState.CONFIRMED, effective_on__lte=on,
        batch__effective_on__lte=on, batch__ends_on__gte=on,
    ).select_related("batch").order_by("effective_on", "pk")  # fmt: skip


_CANCELLED = Prepared(_cancelled, [-1], [-2], date.min)


def cancelled_words(change: ResultChange) -> str:
    return (
        f"{change.batch.name}自 {change.effective_on:%Y-%m-%d} 起取消本产品在本地区的中选"
        f"（{change.change_no}）：{change.reason.rstrip('。')}"
    )
