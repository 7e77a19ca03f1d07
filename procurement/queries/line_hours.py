"""The hours that hold for a line sent on a day: those of its named batch, else of its province."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from catalog.models import Batch
from catalog.queries.overrides import overrides_of
from organisations.models import Region
from policy.queries.read import (
    FALLBACK_POLICY,
    PolicyValue,
    province_policy_on,
    resolve,
    some_values,
)

KEYS = ("response_hours", "delivery_hours", "urgent_delivery_hours")


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


def line_hours(
    batches: Iterable[Batch], province: Region | None, on: date
) -> dict[int | None, LineHours]:
    """By batch id; under None those of lines without a batch. Batches come with their policy.

    Raises MissingPolicyValue by name where a parameter has no row for the day.
    """
    read: dict[str, dict[str, PolicyValue]] = {}

    def values(code: str) -> dict[str, PolicyValue]:
        if code not in read:
            read[code] = some_values(code, KEYS, on)
        return read[code]

    policy = province_policy_on(province.code, on) if province else None
    found: dict[int | None, LineHours] = {
        None: _hours(values(policy.code if policy else FALLBACK_POLICY))
    }
    for batch in batches:
        own = overrides_of(batch.pk, on)
        set_here = {key: own[key] for key in KEYS if key in own}
        held = resolve(values(batch.policy.code), set_here)
        # A batch may set a value out of force: hours are needed all the same.
        spare = {} if all(v.in_force for v in held.values()) else values(FALLBACK_POLICY)
        found[batch.pk] = _hours({k: v if v.in_force else spare[k] for k, v in held.items()})
    return found


def _hours(values: dict[str, PolicyValue]) -> LineHours:
    return LineHours(
        response=values["response_hours"].number, delivery=values["delivery_hours"].number,
        urgent_delivery=values["urgent_delivery_hours"].number,
    )  # fmt: skip
