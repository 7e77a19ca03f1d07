"""Read what a policy says on a day, always together with the clause that it comes from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from core.database.prepared import Prepared
from policy.models import Parameter, ParameterValue, Policy
from policy.queries.parse import parse_value
from policy.queries.shipped import shipped_parameters

FALLBACK_POLICY = "jiangxi-2024"


class MissingPolicyValue(LookupError):
    """No value is recorded: names policy, parameter and day in Chinese."""


@dataclass(frozen=True)
class PolicyValue:
    """A parameter's value and its source; value None = 不在执行, no warning comes of it."""

    key: str
    value: Decimal | str | None
    clause: str
    document: str = ""
    overridden: bool = False

    @property
    def in_force(self) -> bool:
        return self.value is not None

    @property
    def number(self) -> Decimal:
        """The value as a number. Raises MissingPolicyValue when it is not in force or no number."""
        if not isinstance(self.value, Decimal):
            raise MissingPolicyValue(f"政策参数 {self.key} 不在执行或不是数值，不能用于计算")
        return self.value

    @property
    def text(self) -> str:
        """The value as text. Raises MissingPolicyValue when it is not in force or a number."""
        if not isinstance(self.value, str):
            raise MissingPolicyValue(f"政策参数 {self.key} 不在执行或不是文本，不能用于计算")
        return self.value


def values_on(policy_code: str, on: date) -> dict[str, PolicyValue]:
    """Every parameter of the policy on that day, by key.

    A batch may name a policy before that policy became its province's own; its opening values
    bind then. Raises MissingPolicyValue when a parameter has no row for the day.
    """
    policy = _policy(policy_code)
    day = max(on, policy.effective_from)
    found = {row.parameter.key: _read(row) for row in _rows(policy, day)}
    for key in shipped_parameters():
        if key not in found:
            raise _missing(policy_code, key, on)
    return found


def some_values(policy_code: str, keys: Collection[str], on: date) -> dict[str, PolicyValue]:
    """These parameters alone, as `values_on` and `needed_values` give them: for what runs often.

    What is not in force is jiangxi-2024's. Raises MissingPolicyValue by name.
    """
    return some_values_of(_policy(policy_code), keys, on)


def some_values_of(policy: Policy, keys: Collection[str], on: date) -> dict[str, PolicyValue]:
    """The same of a policy that was read already: one query, and two where something is missing."""
    rows = _SOME.rows(policy.pk, max(on, policy.effective_from), list(keys))
    found = {row.parameter.key: _read(row) for row in rows}
    for key in keys:
        if key not in found:
            raise _missing(policy.code, key, on)
    without = [key for key, value in found.items() if not value.in_force]
    if without and policy.code != FALLBACK_POLICY:
        found |= some_values(FALLBACK_POLICY, without, on)
    return found


def value_of(policy_code: str, key: str, on: date) -> PolicyValue:
    """One parameter of the policy on that day. Raises MissingPolicyValue by name."""
    return _read(value_row(policy_code, key, on))


def value_row(policy_code: str, key: str, on: date) -> ParameterValue:
    """The dated row behind `value_of`. Raises MissingPolicyValue by name."""
    policy = _policy(policy_code)
    day = max(on, policy.effective_from)
    row = _rows(policy, day).filter(parameter__key=key).first()
    if row is None:
        raise _missing(policy_code, key, on)
    return row


def newest_row(policy: Policy, parameter: Parameter) -> ParameterValue | None:
    """The dated value that was set last, whether it holds already or not."""
    rows = ParameterValue.objects.filter(policy=policy, parameter=parameter)
    return rows.order_by("-pk").first()


def newest_value(policy: Policy, parameter: Parameter) -> int:
    """What a proposal is made on: the id of `newest_row`, 0 before the first."""
    row = newest_row(policy, parameter)
    return int(row.pk) if row is not None else 0


def fallback_value(key: str, on: date) -> PolicyValue:
    """What an indicator is computed with where its own policy has the parameter not in force."""
    return value_of(FALLBACK_POLICY, key, on)


def needed_values(values: Mapping[str, PolicyValue], on: date) -> dict[str, PolicyValue]:
    """`values` with jiangxi-2024's in place of what is not in force: for computing, not warning."""
    fallback = values_on(FALLBACK_POLICY, on)
    return {key: own if own.in_force else fallback.get(key, own) for key, own in values.items()}


def resolve(
    values: Mapping[str, PolicyValue], overrides: Mapping[str, tuple[str, str]]
) -> dict[str, PolicyValue]:
    """A batch's values: the policy's, with (value, clause) of its execution document on top.

    An override without a clause keeps the clause of the policy. Raises MissingPolicyValue for a
    key that the policy lacks, InvalidParameterValue for a value that cannot be read.
    """
    resolved = dict(values)
    for key, (text, clause) in overrides.items():
        if key not in values:
            raise MissingPolicyValue(f"批次覆盖了政策中没有的参数 {key}")
        own = values[key]
        resolved[key] = replace(
            own,
            value=parse_value(key, text),
            clause=clause or own.clause,
            document="" if clause else own.document,
            overridden=True,
        )
    return resolved


def province_policy_on(province_code: str, on: date) -> Policy | None:
    """The province's own policy in force on that day, or None: no warnings without a batch."""
    return next(iter(_OF_PROVINCE.rows(province_code, on)), None)


def _of_province(province_code: str, on: date) -> QuerySet[Policy]:
    rows = Policy.objects.filter(province_code=province_code, effective_from__lte=on)
    return rows.order_by("-effective_from")[:1]


_OF_PROVINCE = Prepared(_of_province, "\x01", date.min)


def _policy(code: str) -> Policy:
    try:
        return Policy.objects.get(code=code)
    except Policy.DoesNotExist:
        raise MissingPolicyValue(f"没有代码为 {code} 的政策") from None


def _rows(policy: Policy, day: date) -> QuerySet[ParameterValue]:
    return _rows_of(policy.pk, day)


def _rows_of(policy_id: int, day: date) -> QuerySet[ParameterValue]:
    return ParameterValue.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day), policy_id=policy_id, valid_from__lte=day
    ).select_related("parameter", "document")


def _some(policy_id: int, day: date, keys: list[str]) -> QuerySet[ParameterValue]:
    return _rows_of(policy_id, day).filter(parameter__key__among=keys)


_SOME = Prepared(_some, -1, date.min, ["\x01"])


def _read(row: ParameterValue) -> PolicyValue:
    key = row.parameter.key
    return PolicyValue(
        key=key,
        value=None if row.value is None else parse_value(key, row.value),
        clause=row.clause,
        document=row.document.code if row.document else "",
    )


def _missing(policy_code: str, key: str, on: date) -> MissingPolicyValue:
    return MissingPolicyValue(
        f"政策 {policy_code} 的参数 {key} 在 {on:%Y-%m-%d} 没有取值，请在政策参数页补录后重试"
    )
