"""One batch: its years, the values that bind it with their clauses, and what was issued when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from catalog.models import AgreementYear, Batch, BatchParameter, Exemption
from catalog.queries.in_force import stage_of
from catalog.queries.overrides import holding
from catalog.queries.visible import (
    visible_agreement_years,
    visible_batch_parameters,
    visible_exemptions,
)
from core.workdays.deadlines import workdays_between
from core.workdays.errors import CalendarYearMissing
from organisations.queries.scope import Scope
from policy.models import Document, Parameter
from policy.queries.parse import InvalidParameterValue, parse_value
from policy.queries.policy_page import FORCE_LEVELS
from policy.queries.read import MissingPolicyValue, PolicyValue, resolve, values_on
from policy.queries.visible import visible_documents, visible_parameters
from policy.queries.words import value_words
from policy.states import Force


@dataclass(frozen=True)
class YearRow:
    """An agreement year; `elapsed` is the time progress in days, of `days`."""

    year: AgreementYear
    stage: str
    level: str
    current: bool
    days: int
    elapsed: int


def year_rows(scope: Scope, batch: Batch, on: date) -> list[YearRow]:
    rows = []
    for year in visible_agreement_years(scope).filter(batch=batch).order_by("year_no"):
        stage, level = stage_of(year.starts_on, year.ends_on, on)
        days = (year.ends_on - year.starts_on).days + 1
        elapsed = min(max((on - year.starts_on).days + 1, 0), days)
        rows.append(YearRow(year, stage, level, stage == "执行中", days, elapsed))
    return rows


@dataclass(frozen=True)
class BoundValue:
    """A parameter as it binds the batch; `instead_of` is the policy's value that was replaced."""

    parameter: Parameter
    words: str
    in_force: bool
    force: str
    force_level: str
    clause: str
    document: Document | None
    overridden: bool
    instead_of: str


@dataclass(frozen=True)
class BoundValues:
    """Every value of a batch, or why they cannot be read."""

    rows: list[BoundValue]
    problem: str = ""

    @property
    def overridden(self) -> int:
        return sum(row.overridden for row in self.rows)


def bound_values(scope: Scope, batch: Batch, on: date) -> BoundValues:
    """The policy's values on that day with those of the batch's execution document on top."""
    overrides = {
        row.parameter: (row.value, row.clause)
        for row in visible_batch_parameters(scope).filter(holding(on), batch=batch)
    }
    try:
        own = values_on(batch.policy.code, on)
        resolved = resolve(own, overrides)
    except (MissingPolicyValue, InvalidParameterValue) as error:
        return BoundValues([], str(error))
    documents = {document.code: document for document in visible_documents(scope)}
    return BoundValues(
        [
            _bound(parameter, resolved[parameter.key], own[parameter.key], documents)
            for parameter in visible_parameters(scope)
            if parameter.key in resolved
        ]
    )


def _bound(
    parameter: Parameter, value: PolicyValue, own: PolicyValue, documents: dict[str, Document]
) -> BoundValue:
    return BoundValue(
        parameter=parameter,
        words=value_words(parameter, value.value),
        in_force=value.in_force,
        force=str(Force(parameter.force).label),
        force_level=FORCE_LEVELS[Force(parameter.force)],
        clause=value.clause,
        document=documents.get(value.document),
        overridden=value.overridden,
        instead_of=value_words(parameter, own.value) if value.overridden else "",
    )


@dataclass(frozen=True)
class PublishLead:
    """Working days from issuing to starting, against the policy's least; `words` for the reader."""

    words: str
    short: bool
    clause: str


def publish_lead(batch: Batch, on: date) -> PublishLead | None:
    """None where the batch names no day of issue or its policy asks for no lead."""
    if batch.issued_on is None:
        return None
    try:
        needed = values_on(batch.policy.code, on)["publish_lead_workdays"]
        had = workdays_between(batch.issued_on, batch.effective_on)
    except (MissingPolicyValue, CalendarYearMissing) as unknown:
        return PublishLead(str(unknown), False, "")
    if not needed.in_force:
        return PublishLead(f"{had} 个工作日", False, "")
    least = int(needed.number)
    words = f"{had} 个工作日（应不少于 {least} 个）"
    return PublishLead(words, had < least, needed.clause)


def batch_exemptions(scope: Scope, batch: Batch) -> QuerySet[Exemption]:
    """Those that name this batch; the ones of an institution only for those who may see it."""
    return (
        visible_exemptions(scope)
        .filter(batch=batch)
        .select_related("group", "product", "institution")
    )


@dataclass(frozen=True)
class OverrideRow:
    """A value that an execution document set for its batch, beside the policy's."""

    override: BatchParameter
    parameter: Parameter | None
    words: str
    instead_of: str
    policy_clause: str


def override_rows(scope: Scope, overrides: QuerySet[BatchParameter], on: date) -> list[OverrideRow]:
    """Batches' own values; policies are read once each."""
    parameters = {parameter.key: parameter for parameter in visible_parameters(scope)}
    by_policy: dict[str, dict[str, PolicyValue]] = {}
    rows = []
    for override in overrides:
        code = override.batch.policy.code
        if code not in by_policy:
            by_policy[code] = values_on(code, on)
        rows.append(_override_row(override, parameters.get(override.parameter), by_policy[code]))
    return rows


def _override_row(
    override: BatchParameter, parameter: Parameter | None, own: dict[str, PolicyValue]
) -> OverrideRow:
    value = own.get(override.parameter)
    if parameter is None or value is None:
        return OverrideRow(override, parameter, override.value, "", "")
    try:
        read = parse_value(override.parameter, override.value)
        words = value_words(parameter, read)
    except InvalidParameterValue as error:
        words = f"“{override.value}”无法读取：{error}"
    return OverrideRow(
        override=override,
        parameter=parameter,
        words=words,
        instead_of=value_words(parameter, value.value),
        policy_clause=value.clause,
    )
