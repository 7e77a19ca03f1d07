"""The hours that hold for a line sent on a day: those of its named batch, else of its province."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.models import Batch
from catalog.queries.overrides import overrides_of, overrides_on
from policy.queries.read import PolicyValue, resolve
from procurement.queries.order_values import HOUR_KEYS, OrderValues


@dataclass(frozen=True)
class LineHours:
    """Hours from sending until the answer and the delivery are due."""

    response: Decimal
    delivery: Decimal
    urgent_delivery: Decimal

    def response_due(self, sent_at: datetime) -> datetime:
        return sent_at + timedelta(hours=float(self.response))

    def delivery_due(self, sent_at: datetime, *, urgent: bool) -> datetime:
        hours = self.urgent_delivery if urgent else self.delivery
        return sent_at + timedelta(hours=float(hours))


def line_hours(batches: Iterable[Batch], values: OrderValues) -> dict[int | None, LineHours]:
    """By batch id; under None those of lines without a batch. Batches come with their policy.

    Raises MissingPolicyValue by name where a parameter has no row for the day.
    """
    named = list(batches)
    found: dict[int | None, LineHours] = {None: _hours(values.of_province())}
    # Of one batch its own rows; of several the few that any batch has set.
    set_by_batch = (
        overrides_on(values.on)
        if len(named) > 1
        else {batch.pk: dict(overrides_of(batch.pk, values.on)) for batch in named}
    )
    for batch in named:
        own = set_by_batch.get(batch.pk, {})
        set_here = {key: own[key] for key in HOUR_KEYS if key in own}
        of_policy = {key: values.of(batch.policy)[key] for key in HOUR_KEYS}
        held = resolve(of_policy, set_here)
        # A batch may set a value out of force: hours are needed all the same.
        spare = {} if all(v.in_force for v in held.values()) else values.of_fallback()
        found[batch.pk] = _hours({k: v if v.in_force else spare[k] for k, v in held.items()})
    return found


def _hours(values: dict[str, PolicyValue]) -> LineHours:
    return LineHours(
        response=values["response_hours"].number, delivery=values["delivery_hours"].number,
        urgent_delivery=values["urgent_delivery_hours"].number,
    )  # fmt: skip
