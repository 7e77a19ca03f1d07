"""进院 checks: who sees them, who acts, and which batch years are due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from catalog.models import AgreementYear
from catalog.queries.overrides import overrides_on
from monitoring.models import EntryCheck
from monitoring.queries.warning_standings import ACTING_ROLES
from monitoring.rules.entry_check import is_due
from monitoring.states import BUREAU, ENTRY_OPEN_STATES, FORBIDDEN_REASONS, HOSPITAL
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, sees, within
from policy.queries.read import resolve, values_on
from volumes.queries.second_obstacles import Second, seconds_of, standby_here
from volumes.queries.second_products import standing_choice


def visible_entry_checks(scope: Scope) -> QuerySet[EntryCheck]:
    """The institution (and its consortium's lead) and the authorities of its region."""
    return within(scope, EntryCheck.objects.all(), party_rows(scope))


def entry_standings(scope: Scope, check: EntryCheck) -> frozenset[str]:
    """The institution explains; a bureau of its region follows up. Others look on."""
    if not scope.has_role(*ACTING_ROLES) or not sees(scope, check):
        return frozenset()
    if scope.is_bureau:
        return frozenset({BUREAU})
    own = scope.kind == "institution" and check.institution_id == scope.organisation_id
    return frozenset({HOSPITAL}) if own else frozenset()


@dataclass(frozen=True)
class DueYear:
    """An agreement year whose round is under way, with the month that its policy names."""

    year: AgreementYear
    first_month: int
    clause: str


def due_years(on: date) -> list[DueYear]:
    """Years of batches whose policy (or execution document) names entry_check_month, and due."""
    overrides = overrides_on(on)
    found = []
    years = AgreementYear.objects.filter(starts_on__lte=on, ends_on__gte=on)
    for year in years.select_related("batch__policy").order_by("batch_id", "year_no"):
        values = resolve(values_on(year.batch.policy.code, on), overrides.get(year.batch_id, {}))
        value = values["entry_check_month"]
        if value.in_force and is_due(year.starts_on, year.ends_on, int(value.number), on):
            found.append(DueYear(year, int(value.number), value.clause))
    return found


@dataclass(frozen=True)
class EntryCounts:
    """Of what the reader sees: still without a receipt, not explained, with a forbidden reason."""

    open: int
    waiting: int
    forbidden: int
    closed: int


def entry_counts(scope: Scope) -> EntryCounts:
    found = visible_entry_checks(scope).aggregate(
        open=Count("pk", filter=Q(state__in=ENTRY_OPEN_STATES)),
        waiting=Count("pk", filter=Q(state="waiting")),
        forbidden=Count(
            "pk", filter=Q(state__in=ENTRY_OPEN_STATES, reason_code__in=list(FORBIDDEN_REASONS))
        ),
        closed=Count("pk", filter=Q(state="closed")),
    )
    return EntryCounts(**found)


@dataclass(frozen=True)
class SecondBeside:
    """一品两规 of the check's group: what the institution decided, and the standby products there."""

    decided: Second | None
    standby: tuple[str, ...]
    explained: str


def second_beside(check: EntryCheck, on: date) -> SecondBeside | None:
    """For who sees the check; None where the group has neither decision nor standby product."""
    group = check.product.group
    if group is None:
        return None
    decided = seconds_of([check.institution_id], [group.pk]).get(group.pk)
    standby = standby_here(check.institution, [group.pk], on).get(group.pk, {})
    if decided is None and not standby:
        return None
    row = standing_choice(check.institution_id, group.pk) if decided else None
    why = " ".join(filter(None, (row.get_reason_code_display(), row.explanation))) if row else ""
    return SecondBeside(decided, tuple(standby.values()), why)
