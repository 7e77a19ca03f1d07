"""授权书: who sees them, and for whom one's own organisation may sign."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from contracts.models import PowerOfAttorney
from contracts.states.power import PRINCIPAL
from core.attachments.models import Attachment
from organisations.models import ConsortiumMembership, Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, condition, region_alternatives, within
from organisations.queries.visible import visible_organisations

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


def holds_powers(scope: Scope) -> bool:
    """Whether one's own organisation may sign for any institution today."""
    held = PowerOfAttorney.objects.filter(holds_on(scope.on), agent_id=scope.organisation_id)
    return held.exists()


def powers_for(batch_id: int, on: date) -> set[tuple[int, int]]:
    """(agent, principal) of every power that holds on that day for the batch; one query."""
    rows = PowerOfAttorney.objects.filter(
        holds_on(on), Q(batch_id__isnull=True) | Q(batch_id=batch_id)
    )
    return set(rows.values_list("agent_id", "principal_id"))


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


def papers_of(power: PowerOfAttorney) -> QuerySet[Attachment]:
    """The kept papers of a power that the reader has found by its visible_… query."""
    rows = Attachment.objects.filter(owner_type="power_of_attorney", owner_id=power.pk)
    return rows.select_related("file").order_by("pk")


WRONG_AGENT = "找不到这个编码：代签单位为本县（市、区）的医疗机构或所在医共体的牵头机构，请核对"


def institution_named(scope: Scope, code: str) -> Organisation | None:
    """Who may be an agent: one that the reader sees, the lead of its consortium, or a neighbour."""
    today = ConsortiumMembership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=scope.on), institution=scope.organisation_id,
        valid_from__lte=scope.on,
    )  # fmt: skip
    near = Q(pk__in=today.values("consortium__lead")) | Q(region_id=scope.region_id)
    rows = Organisation.objects.filter(code=code, kind=Organisation.Kind.INSTITUTION)
    seen = visible_organisations(scope).filter(code=code, kind=Organisation.Kind.INSTITUTION)
    return rows.filter(near).first() or seen.first()
