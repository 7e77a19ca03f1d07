"""The policy values that one submission of orders rests on, each policy read once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cached_property

from organisations.models import Region
from policy.models import Policy
from policy.queries.read import (
    FALLBACK_POLICY,
    PolicyValue,
    province_policy_on,
    some_values,
    some_values_of,
)

HOUR_KEYS = ("response_hours", "delivery_hours", "urgent_delivery_hours")
MULTIPLE = "abnormal_multiple"


class OrderValues:
    """Of one province on one day; policies of batches are read when a line needs them.

    Raises MissingPolicyValue by name where a parameter has no row for the day.
    """

    def __init__(self, province: Region | None, on: date) -> None:
        self.province, self.on = province, on
        self._read: dict[str, dict[str, PolicyValue]] = {}

    @cached_property
    def _policy(self) -> Policy | None:
        return province_policy_on(self.province.code, self.on) if self.province else None

    def of_province(self) -> dict[str, PolicyValue]:
        return self.of(self._policy) if self._policy else self.of_fallback()

    def of(self, policy: Policy) -> dict[str, PolicyValue]:
        if policy.code not in self._read:
            keys = (*HOUR_KEYS, MULTIPLE)
            self._read[policy.code] = some_values_of(policy, keys, self.on)
        return self._read[policy.code]

    def of_fallback(self) -> dict[str, PolicyValue]:
        if FALLBACK_POLICY not in self._read:
            keys = (*HOUR_KEYS, MULTIPLE)
            self._read[FALLBACK_POLICY] = some_values(FALLBACK_POLICY, keys, self.on)
        return self._read[FALLBACK_POLICY]

    @property
    def multiple(self) -> Decimal | None:
        """How many times the usual quantity is out of the ordinary; None: not asked about."""
        value = self.of_province()[MULTIPLE]
        return value.number if value.in_force else None
