"""What the pages of policies show: values with their clause, side by side, and their history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from organisations.queries.scope import Scope
from policy.models import Document, Parameter, ParameterValue, Policy
from policy.queries.parse import parse_value
from policy.queries.visible import (
    visible_documents,
    visible_parameter_values,
    visible_parameters,
    visible_policies,
)
from policy.queries.words import value_words
from policy.states import Force, Origin

FORCE_LEVELS = {
    Force.MANDATORY: "orange",
    Force.IN_PRINCIPLE: "yellow",
    Force.ENCOURAGED: "blue",
    Force.PLATFORM: "grey",
}


@dataclass(frozen=True)
class ValueRow:
    """One dated value: words for the reader beside the row itself."""

    value: ParameterValue
    parameter: Parameter
    words: str
    in_force: bool
    force: str
    force_level: str
    source: str

    @property
    def document(self) -> Document | None:
        return self.value.document


def value_rows(values: Iterable[ParameterValue]) -> list[ValueRow]:
    """Rows of values that were loaded with parameter and document."""
    return [_row(value) for value in values]


def _row(value: ParameterValue) -> ValueRow:
    parameter = value.parameter
    read = None if value.value is None else parse_value(parameter.key, value.value)
    by_page = value.origin == Origin.PAGE
    return ValueRow(
        value=value,
        parameter=parameter,
        words=value_words(parameter, read),
        in_force=read is not None,
        force=str(Force(parameter.force).label),
        force_level=FORCE_LEVELS[Force(parameter.force)],
        source=f"{value.set_by_name}：{value.reason}" if by_page else "随平台发布",
    )


def values_with_sources(scope: Scope) -> QuerySet[ParameterValue]:
    """All visible dated values with what their rows show."""
    return (
        visible_parameter_values(scope)
        .select_related("parameter", "document", "policy")
        .order_by("parameter__position", "parameter__key", "policy__code", "valid_from")
    )


def in_force_on(values: QuerySet[ParameterValue], on: date) -> QuerySet[ParameterValue]:
    """Of these, the value of each parameter on that day.

    Before a policy's first day its opening values stand, as for batches that name it early.
    """
    day = Greatest(Value(on), F("policy__effective_from"))
    return values.annotate(day=day).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=F("day")), valid_from__lte=F("day")
    )


@dataclass(frozen=True)
class PolicyCard:
    """A policy on the list: whether it is its province's own today, how many values bind."""

    policy: Policy
    stage: str
    level: str
    in_force: int
    total: int


def policy_cards(scope: Scope, on: date) -> list[PolicyCard]:
    """Every policy, the reader's province first, newest first within a province."""
    policies = list(visible_policies(scope).select_related("document"))
    counts: dict[int, list[int]] = {}
    found = in_force_on(visible_parameter_values(scope), on).values_list("policy_id", "value")
    for policy_id, value in found:
        counts.setdefault(policy_id, []).append(value is not None)
    current: dict[str, Policy] = {}
    for policy in sorted(policies, key=lambda each: each.effective_from):
        if policy.effective_from <= on:
            current[policy.province_code] = policy
    policies.sort(key=lambda each: each.effective_from, reverse=True)
    policies.sort(key=lambda each: (each.province_code != scope.province_code, each.province_code))
    return [
        PolicyCard(
            policy=policy,
            **_stage(policy, current.get(policy.province_code), on),
            in_force=sum(counts.get(policy.pk, [])),
            total=len(counts.get(policy.pk, [])),
        )
        for policy in policies
    ]


def _stage(policy: Policy, current: Policy | None, on: date) -> dict[str, str]:
    if policy == current:
        return {"stage": "现行", "level": "green"}
    if policy.effective_from > on:
        return {"stage": "尚未施行", "level": "blue"}
    return {"stage": "仅用于按其执行的批次", "level": "grey"}


def documents(scope: Scope) -> QuerySet[Document]:
    return visible_documents(scope).order_by("code")


@dataclass(frozen=True)
class ComparedRow:
    """One parameter across policies; `cells` in the order of the policies, None without a row."""

    parameter: Parameter
    cells: list[ValueRow | None]
    differs: bool


@dataclass(frozen=True)
class Comparison:
    policies: list[Policy]
    rows: list[ComparedRow]
    hidden: int


def comparison(
    scope: Scope, on: date, *, codes: Iterable[str] = (), only_differing: bool = False
) -> Comparison:
    """Policies side by side on one day; `codes` empty means all of them."""
    wanted = set(codes)
    policies = [
        policy
        for policy in visible_policies(scope).order_by("province_code", "effective_from")
        if not wanted or policy.code in wanted
    ]
    found = in_force_on(values_with_sources(scope), on)
    by_key = {(row.value.parameter_id, row.value.policy_id): row for row in value_rows(found)}
    rows = []
    for parameter in visible_parameters(scope):
        cells = [by_key.get((parameter.pk, policy.pk)) for policy in policies]
        differs = len({cell.words if cell else "" for cell in cells}) > 1
        rows.append(ComparedRow(parameter, cells, differs))
    kept = [row for row in rows if row.differs] if only_differing else rows
    return Comparison(policies, kept, len(rows) - len(kept))


@dataclass(frozen=True)
class PolicyHistory:
    """The dated values of one parameter in one policy, newest first."""

    policy: Policy
    rows: list[ValueRow]
    current: ValueRow | None


def parameter_history(scope: Scope, parameter: Parameter, on: date) -> list[PolicyHistory]:
    """Of every policy that has the parameter."""
    rows: dict[int, list[ValueRow]] = {}
    values = values_with_sources(scope).filter(parameter=parameter).order_by("-valid_from")
    for row in value_rows(values):
        rows.setdefault(row.value.policy_id, []).append(row)
    return [
        PolicyHistory(policy, rows[policy.pk], _current(rows[policy.pk], policy, on))
        for policy in visible_policies(scope).order_by("province_code", "-effective_from")
        if policy.pk in rows
    ]


def _current(rows: list[ValueRow], policy: Policy, on: date) -> ValueRow | None:
    day = max(on, policy.effective_from)
    for row in rows:
        ends = row.value.valid_to
        if row.value.valid_from <= day and (ends is None or ends >= day):
            return row
    return None
