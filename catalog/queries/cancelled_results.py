"""Selections that a confirmed change of a batch's result ended: since when, by which change, why."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from catalog.models import ResultChange, Selection
from catalog.states.result_change import ResultKind
from catalog.states.two_people import ProposalState


def cancelled_results(
    ids: Collection[int], regions: Collection[int], on: date
) -> dict[int, ResultChange]:
    """The newest cancellation in force of each product in these regions; batches under way only."""
    rows = ResultChange.objects.filter(
        product__in=ids, region__in=regions, kind=ResultKind.CANCELLED,
        role=Selection.Role.SELECTED, state=ProposalState.CONFIRMED, effective_on__lte=on,
        batch__effective_on__lte=on, batch__ends_on__gte=on,
    ).select_related("batch")  # fmt: skip
    return {row.product_id: row for row in rows.order_by("effective_on", "pk")}


def cancelled_words(change: ResultChange) -> str:
    return (
        f"{change.batch.name}自 {change.effective_on:%Y-%m-%d} 起取消本产品在本地区的中选"
        f"（{change.change_no}）：{change.reason.rstrip('。')}"
    )
