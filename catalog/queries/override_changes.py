"""Changes of values that batches set themselves, for the bureau that keeps the batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from catalog.models import Batch, BatchParameter, OverrideChange
from catalog.queries.overrides import holding
from catalog.queries.second_person import may_change_batch, standings
from catalog.queries.visible import visible_batch_parameters, visible_batches
from catalog.states.batch_override import OVERRIDE_MACHINE
from catalog.states.two_people import LEVELS, ProposalState
from core.transitions import Verdict
from core.transitions.machine import Offer
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, within
from policy.models import Parameter
from policy.queries.parse import InvalidParameterValue, parse_value
from policy.queries.read import MissingPolicyValue, value_of
from policy.queries.visible import visible_parameters
from policy.queries.words import value_words

BY_POLICY = "按政策取值"


def visible_override_changes(scope: Scope) -> QuerySet[OverrideChange]:
    """The changes of the batches of one's own province, for its bureau."""
    own = Q(batch__policy__province_code=scope.province_code)
    return within(scope, OverrideChange.objects.all(), own if scope.is_province_bureau else NOTHING)


def override_standings(scope: Scope, change: OverrideChange) -> frozenset[str]:
    return standings(scope, change.batch.policy.province_code, change.proposed_by_id)


def override_offers(scope: Scope, change: OverrideChange) -> list[Offer]:
    """What this person may do now; only what concerns them."""
    return OVERRIDE_MACHINE.offers(change, override_standings(scope, change))


@dataclass(frozen=True)
class OverrideChangeRow:
    """One change in words."""

    change: OverrideChange
    before: str
    after: str
    label: str
    level: str


def override_change_row(change: OverrideChange, on: date) -> OverrideChangeRow:
    """`on` tells a confirmed value that is still to come from one in force."""
    label, level = change.get_state_display(), LEVELS[change.state]
    if change.state == ProposalState.CONFIRMED:
        coming = change.valid_from > on
        label, level = ("待生效", "blue") if coming else ("已生效", "green")
    return OverrideChangeRow(
        change, own_words(change.parameter, change.before),
        own_words(change.parameter, change.value), label, level,
    )  # fmt: skip


def own_words(parameter: Parameter, text: str | None) -> str:
    """A batch's own value in words; none is the policy's."""
    if text is None:
        return BY_POLICY
    try:
        return value_words(parameter, parse_value(parameter.key, text))
    except InvalidParameterValue:
        return f"“{text}”"


def changes_of_batch(scope: Scope, batch: Batch, on: date) -> list[OverrideChangeRow]:
    """The last twenty changes of a batch's values, for the bureau that keeps it."""
    rows = visible_override_changes(scope).filter(batch=batch).select_related("parameter")
    return [override_change_row(change, on) for change in rows.order_by("-id")[:20]]


@dataclass(frozen=True)
class Overriding:
    """One parameter of one batch, about to be changed."""

    batch: Batch
    parameter: Parameter
    held: BatchParameter | None
    words: str
    policy_words: str
    allowed: Verdict

    @property
    def current(self) -> str | None:
        return self.held.value if self.held else None


def overriding(scope: Scope, code: str, key: str, on: date) -> Overriding:
    """Raises Http404 for what is not there."""
    batch = visible_batches(scope).filter(code=code).select_related("policy").first()
    parameter = visible_parameters(scope).filter(key=key).first()
    if batch is None or parameter is None:
        raise Http404
    rows = visible_batch_parameters(scope).filter(holding(on), batch=batch, parameter=key)
    held = rows.first()
    try:
        policys = value_words(parameter, value_of(batch.policy.code, key, on).value)
    except MissingPolicyValue as missing:
        policys = str(missing)
    return Overriding(
        batch=batch, parameter=parameter, held=held,
        words=own_words(parameter, held.value if held else None), policy_words=policys,
        allowed=may_change_batch(scope, batch),
    )  # fmt: skip


@dataclass(frozen=True)
class PeriodRow:
    """A value of the batch's own with its days; `change` and who made it, where a page did."""

    label: str
    words: str
    row: BatchParameter
    stage: str
    level: str
    change: OverrideChange | None


def period_rows(scope: Scope, batch: Batch, on: date) -> list[PeriodRow]:
    """The history of a batch's own values, newest first; open to everybody who reads the batch."""
    parameters = {each.key: each for each in visible_parameters(scope)}
    changes = {
        (change.parameter.key, change.valid_from): change
        for change in OverrideChange.objects.filter(batch=batch, state="confirmed").select_related(
            "parameter"
        )
    }
    rows = []
    for row in visible_batch_parameters(scope).filter(batch=batch).order_by(
        "parameter", "-valid_from"
    ):  # fmt: skip
        parameter = parameters.get(row.parameter)
        coming = row.valid_from is not None and row.valid_from > on
        ended = row.valid_to is not None and row.valid_to < on
        stage, level = (
            ("待生效", "blue") if coming else ("已结束", "grey") if ended else ("执行中", "green")
        )
        change = changes.get((row.parameter, row.valid_from)) if row.valid_from else None
        rows.append(
            PeriodRow(
                parameter.label if parameter else row.parameter,
                own_words(parameter, row.value) if parameter else row.value,
                row, stage, level, change,
            )
        )  # fmt: skip
    return rows
