"""处置 records: who sees them and who may make one."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from contracts.models import Agreement, Disposal
from contracts.states.agreement import PENDING, Party
from contracts.states.power import DISPOSAL_CLAUSE, OFFICE
from core.transitions import ALLOWED, Verdict
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, condition, region_alternatives, within

ROLES = ("clerk", "reviewer", "leader")


def visible_disposals(scope: Scope) -> QuerySet[Disposal]:
    """The organisation that it is about, and the authorities of the region it was made in."""
    if not scope.is_business:
        return within(scope, Disposal.objects.all(), NOTHING)
    own = sorted({scope.organisation_id, *scope.predecessor_ids})
    seen = Q(organisation_id__in=own) | condition(region_alternatives(scope))
    return within(scope, Disposal.objects.all(), seen)


def disposals_about(scope: Scope, agreement: Agreement) -> QuerySet[Disposal]:
    """What was done about any of the three parties for this batch year, as far as one sees it."""
    parties = [getattr(agreement, f"{party}_id") for party in Party.values]
    rows = visible_disposals(scope).filter(
        batch_id=agreement.batch_id, year_no=agreement.year_no, organisation_id__in=parties
    )
    return rows.select_related("organisation").order_by("-decided_at", "-pk")


def unwilling(agreement: Agreement) -> list[Organisation]:
    """The parties that have not signed, or the one that refused: whom a 处置 may be about."""
    if agreement.state == "refused":
        return [getattr(agreement, agreement.refused_party)] if agreement.refused_party else []
    if agreement.state not in PENDING:
        return []
    return [
        getattr(agreement, party)
        for party in Party.values
        if getattr(agreement, f"{party}_signed_at") is None
    ]


def may_dispose(scope: Scope) -> Verdict:
    if not scope.is_bureau:
        return Verdict(False, "处置由医保局作出", DISPOSAL_CLAUSE)
    if not scope.has_role(*ROLES):
        return Verdict(False, "登记处置需要经办、审核或负责人角色", DISPOSAL_CLAUSE)
    return ALLOWED


def disposal_standings(scope: Scope, disposal: Disposal) -> frozenset[str]:
    mine = disposal.decided_by_id == scope.organisation_id and scope.has_role(*ROLES)
    return frozenset({OFFICE}) if mine else frozenset()
