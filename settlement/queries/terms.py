"""What a pool's policy says of money on a day, batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.models import Batch
from catalog.queries.overrides import overrides_of, overrides_on
from organisations.models import Pool, Region
from policy.queries.read import (
    FALLBACK_POLICY,
    PolicyValue,
    needed_values,
    province_policy_on,
    resolve,
    values_on,
)


@dataclass(frozen=True)
class MoneyTerms:
    """payee: manufacturer or distributor; mode: who pays; due_months: N of payment_due."""

    batch_id: int
    payee: str
    mode: str
    due_months: int
    codes: bool


def batch_values(batch: Batch, on: date) -> dict[str, PolicyValue]:
    """A batch's values on a day; what its policy has not in force is the platform's."""
    own = resolve(values_on(batch.policy.code, on), overrides_of(batch.pk, on))
    return needed_values(own, on)


def money_terms(on: date) -> list[MoneyTerms]:
    """Of every batch; policies are read once each."""
    overrides = overrides_on(on)
    policies: dict[str, dict[str, PolicyValue]] = {}
    found = []
    for batch in Batch.objects.select_related("policy"):
        code = batch.policy.code
        if code not in policies:
            policies[code] = values_on(code, on)
        own = resolve(policies[code], overrides.get(batch.pk, {}))
        values = needed_values(own, on)
        codes = own["trace_codes"]
        found.append(
            MoneyTerms(
                batch.pk, values["settlement_payee"].text, values["payment_mode"].text,
                int(values["payment_due"].number), codes.in_force and codes.number > 0,
            )
        )  # fmt: skip
    return found


def pool_values(pool: Pool, on: date) -> dict[str, PolicyValue]:
    """The policy of the pool's province."""
    place: Region = pool.region
    while place.parent is not None:
        place = place.parent
    policy = province_policy_on(place.code, on)
    return needed_values(values_on(policy.code if policy else FALLBACK_POLICY, on), on)


def dual_amount(pool: Pool, on: date) -> Decimal:
    """Yuan above which two people approve; exactly as much needs one."""
    return pool_values(pool, on)["dual_approval_amount"].number
