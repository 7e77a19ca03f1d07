"""Requests to return or exchange: who sees them, who acts on them."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet, Sum

from core.transitions import ALLOWED, Verdict
from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from procurement.models import ReturnRequest
from procurement.rules.receiving import ANSWERERS, NOT_RECEIVERS, RECEIVERS, RETURN_CLAUSE
from procurement.states.return_request import DISTRIBUTOR, INSTITUTION, OPEN


def visible_return_requests(scope: Scope) -> QuerySet[ReturnRequest]:
    return within(scope, ReturnRequest.objects.all(), party_rows(scope))


def request_standings(scope: Scope, row: ReturnRequest) -> frozenset[str]:
    """What the reader is to a request; a consortium's lead stands for its members."""
    held = set()
    if row.institution_id in scope.institution_ids and scope.has_role(*RECEIVERS):
        held.add(INSTITUTION)
    if row.distributor_id == scope.organisation_id and scope.has_role(*ANSWERERS):
        held.add(DISTRIBUTOR)
    return frozenset(held)


def may_ask(scope: Scope) -> Verdict:
    """Whether the reader may ask for a return at all."""
    if scope.is_business and scope.kind == "institution" and scope.has_role(*RECEIVERS):
        return ALLOWED
    return Verdict(False, NOT_RECEIVERS, RETURN_CLAUSE)


def spoken_for(*, line_id: int | None = None, delivery_id: int | None = None) -> Decimal:
    """Packs of a line, or of one delivery, that requests still under way name."""
    rows = ReturnRequest.objects.filter(state__in=OPEN)
    if line_id is not None:
        rows = rows.filter(line_id=line_id)
    if delivery_id is not None:
        rows = rows.filter(delivery_id=delivery_id)
    return rows.aggregate(packs=Sum("packs"))["packs"] or Decimal(0)


def sent_back(delivery_id: int) -> Decimal:
    """Packs of one delivery that went back by requests made here."""
    rows = ReturnRequest.objects.filter(delivery_id=delivery_id, state="returned")
    return rows.aggregate(packs=Sum("packs"))["packs"] or Decimal(0)
