"""授权书: who sees them, and for whom one's own organisation may sign."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from contracts.models import PowerOfAttorney
from contracts.states.power import PRINCIPAL
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, condition, region_alternatives, within

ROLES = ("clerk", "reviewer", "leader")


def visible_powers(scope: Scope) -> QuerySet[PowerOfAttorney]:
    """The two organisations, whoever registered it, and the authorities of the principal's region."""
    if not scope.is_business:
        return within(scope, PowerOfAttorney.objects.all(), NOTHING)
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    seen = Q(principal_id__in=own) | Q(agent_id__in=own) | Q(registered_by_id__in=own)
    return within(
        scope, PowerOfAttorney.objects.all(), seen | condition(region_alternatives(scope))
    )


def holds_on(on: date) -> Q:
    """Both days count; a revoked one does not hold, whatever its days."""
    return Q(state=PowerOfAttorney.State.ACTIVE, valid_from__lte=on, valid_to__gte=on)


def powers_held(scope: Scope, principal_id: int, batch_id: int) -> PowerOfAttorney | None:
    """The power under which one's own organisation signs for this institution in this batch."""
    rows = PowerOfAttorney.objects.filter(
        holds_on(scope.on), Q(batch_id__isnull=True) | Q(batch_id=batch_id),
        agent_id=scope.organisation_id, principal_id=principal_id,
    )  # fmt: skip
    return rows.order_by("pk").first()


def principals(scope: Scope) -> Q:
    """Agreements of the institutions that one's organisation may sign for today; one query."""
    if not scope.is_business:
        return NOTHING
    held = PowerOfAttorney.objects.filter(holds_on(scope.on), agent_id=scope.organisation_id)
    seen = NOTHING
    for principal, batch in held.values_list("principal_id", "batch_id").distinct():
        of = Q(institution_id=principal)
        seen |= of if batch is None else of & Q(batch_id=batch)
    return seen


def power_standings(scope: Scope, power: PowerOfAttorney) -> frozenset[str]:
    """The principal, or the consortium's lead that registered it."""
    own = {scope.organisation_id, *scope.predecessor_ids}
    mine = power.principal_id in own or power.registered_by_id in own
    return frozenset({PRINCIPAL}) if mine and scope.has_role(*ROLES) else frozenset()
