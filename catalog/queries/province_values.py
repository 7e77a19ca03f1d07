"""What a province's own policy says on a day about the catalogue's clocks and routes of review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from organisations.models import Region
from policy.queries.read import (
    FALLBACK_POLICY,
    PolicyValue,
    needed_values,
    province_policy_on,
    some_values,
    values_on,
)


def province_values(province: Region | None, on: date) -> Mapping[str, PolicyValue]:
    """Every parameter by key; the platform's own value where the province has none in force.

    Raises MissingPolicyValue by name where a parameter has no row for the day.
    """
    policy = province_policy_on(province.code, on) if province else None
    return needed_values(values_on(policy.code if policy else FALLBACK_POLICY, on), on)


def province_value(province: Region | None, on: date, key: str) -> PolicyValue:
    """One parameter as `province_values` gives it, without reading the others.

    Raises MissingPolicyValue by name.
    """
    policy = province_policy_on(province.code, on) if province else None
    return some_values(policy.code if policy else FALLBACK_POLICY, (key,), on)[key]


def whole_days(value: PolicyValue) -> int:
    """Days or working days; a part of a day is none."""
    return int(value.number)
