"""The policy values that rules compare with, per batch and per province, on the cut's last day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from catalog.models import Batch
from catalog.queries.overrides import overrides_on
from organisations.models import Region
from policy.queries.read import PolicyValue, province_policy_on, resolve, values_on


@dataclass(frozen=True)
class RuleValue:
    """One parameter for the subjects of one batch, or (batch_code empty) of one province.

    `clause` is the override's own where a batch sets the value; `policy_clause` the policy's.
    """

    province_id: int | None
    batch_code: str
    key: str
    in_force: bool
    value: Decimal | None
    text: str
    clause: str
    policy_clause: str


@dataclass(frozen=True)
class Proposed:
    """A value that a policy does not have yet, as if it were in force; or a batch's own.

    With batch_code it is that batch's override: value None is then the policy's value again.
    """

    policy_code: str
    key: str
    value: Decimal | str | None
    clause: str
    batch_code: str = ""


def rule_values(on: date, proposed: Proposed | None = None) -> Iterator[RuleValue]:
    """Every value that a rule may need on `on`, with `proposed` in its place if given.

    A province without a policy of its own gives none, so that its rows without a batch raise
    nothing.
    """
    by_policy: dict[str, dict[str, PolicyValue]] = {}
    overrides = overrides_on(on)
    for batch in Batch.objects.select_related("policy").order_by("code"):
        code = batch.policy.code
        if code not in by_policy:
            by_policy[code] = _with(proposed, code, values_on(code, on))
        own = by_policy[code]
        resolved = _override(proposed, batch.code, own, resolve(own, overrides.get(batch.pk, {})))
        for key, value in resolved.items():
            yield _row(None, batch.code, value, own[key].clause)
    for province in Region.objects.filter(level=Region.Level.PROVINCE).order_by("code"):
        policy = province_policy_on(province.code, on)
        if policy is None:
            continue
        for value in _with(proposed, policy.code, values_on(policy.code, on)).values():
            yield _row(province.pk, "", value, value.clause)


def _with(
    proposed: Proposed | None, code: str, values: dict[str, PolicyValue]
) -> dict[str, PolicyValue]:
    if proposed is None or proposed.batch_code or proposed.policy_code != code:
        return values
    own = values[proposed.key]
    return values | {proposed.key: replace(own, value=proposed.value, clause=proposed.clause)}


def _override(
    proposed: Proposed | None,
    batch_code: str,
    own: dict[str, PolicyValue],
    resolved: dict[str, PolicyValue],
) -> dict[str, PolicyValue]:
    """The batch's values with the proposed one of its own in place."""
    if proposed is None or not proposed.batch_code or proposed.batch_code != batch_code:
        return resolved
    policys = own[proposed.key]
    if proposed.value is None:
        return resolved | {proposed.key: policys}
    tried = replace(
        policys, value=proposed.value, clause=proposed.clause or policys.clause, overridden=True
    )
    return resolved | {proposed.key: tried}


def _row(province_id: int | None, batch_code: str, value: PolicyValue, clause: str) -> RuleValue:
    return RuleValue(
        province_id=province_id,
        batch_code=batch_code,
        key=value.key,
        in_force=value.in_force,
        value=value.value if isinstance(value.value, Decimal) else None,
        text=value.value if isinstance(value.value, str) else "",
        clause=value.clause,
        policy_clause=clause,
    )
