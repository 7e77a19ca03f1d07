"""What follows a cancelled selection, whatever its cause: standby is asked for, agreements end."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from catalog.models import Batch, ResultChange
from catalog.operations.change_result import note_effects
from catalog.queries.cancelled_results import cancelled_words
from catalog.states.result_change import LEAVING, ResultKind
from catalog.states.two_people import ProposalState
from contracts.operations.agreements.strike import strike_product
from core.audit.record import Actor
from core.operations import operation
from procurement.operations.standby import ask_standby_instead, drop_standby_instead

SHOWN_WITH = ("batch__policy", "product", "region__parent", "selection__region__parent")


def follow_change(*, change_no: str, on: date, by: Actor, at: datetime) -> dict[str, int]:
    """Right after a confirmation or revocation: standby now, agreements where the day has come."""
    change = ResultChange.objects.select_related(*SHOWN_WITH).get(change_no=change_no)
    if change.state == ProposalState.REVOKED:
        drop_standby_instead(change=change, by=by, at=at)
        return {}
    if change.state != ProposalState.CONFIRMED:
        return {}
    ask_standby_instead(change=change, by=by, at=at)
    return end_agreements(change_id=change.pk, on=on, by=by, at=at)


def end_due_agreements(*, on: date, by: Actor, at: datetime) -> int:
    """Each confirmed change whose day has come and whose agreements stand yet; gives how many."""
    due = ResultChange.objects.filter(
        kind__in=LEAVING, state=ProposalState.CONFIRMED, effective_on__lte=on,
        enacted_at__isnull=True, batch__ends_on__gte=on,
    )  # fmt: skip
    ids = list(due.order_by("effective_on", "pk").values_list("pk", flat=True))
    for pk in ids:
        end_agreements(change_id=pk, on=on, by=by, at=at)
    return len(ids)


@operation
def end_agreements(*, change_id: int, on: date, by: Actor, at: datetime) -> dict[str, int]:
    """On its day the product leaves the agreements of the region that it supplies no longer.

    The only way by which a result ends agreements: the daily work, a change confirmed on its own
    day and a decision of 惩戒 all come here. Done once; asked again it gives what was done then.
    Nothing before the day.
    """
    change = (
        ResultChange.objects.select_for_update(of=("self",))
        .select_related(*SHOWN_WITH)
        .get(pk=change_id)
    )
    leaves = change.kind in LEAVING and change.state == ProposalState.CONFIRMED
    if not leaves or change.effective_on > on or change.enacted_at is not None:
        return dict(change.effects)
    # The batch's row is the lock: a change that brings the result back waits.
    Batch.objects.select_for_update().get(pk=change.batch_id)
    assert change.selection is not None
    struck = strike_product(
        batch=change.batch, product=change.product, region=change.selection.region,
        on=change.effective_on, reason=_words(change), clause=change.clause, by=by, at=at,
    )  # fmt: skip
    note_effects(change=change, effects=asdict(struck), by=by, at=at)
    return asdict(struck)


def _words(change: ResultChange) -> str:
    if change.kind == ResultKind.CANCELLED:
        return f"{change.product}：{cancelled_words(change)}"
    return (
        f"{change.product}自 {change.effective_on:%Y-%m-%d} 起改供{change.region.name}"
        f"（{change.change_no}）：{change.reason}"
    )
