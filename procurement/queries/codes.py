"""Codes, their ways and what was odd about them, by the parties of the deliveries."""

from __future__ import annotations

from django.db.models import Q, QuerySet, Subquery

from organisations.queries.scope import Scope
from organisations.queries.visibility import for_business, party_rows, within
from procurement.models import CodeEvent, CodeFinding, ProductMark, TraceCode


def visible_trace_codes(scope: Scope) -> QuerySet[TraceCode]:
    """By the parties of the last shipment."""
    return within(scope, TraceCode.objects.all(), party_rows(scope))


def visible_code_events(scope: Scope) -> QuerySet[CodeEvent]:
    """Each by the parties of its own delivery: a code's way elsewhere is not told."""
    return within(scope, CodeEvent.objects.all(), party_rows(scope))


def visible_code_findings(scope: Scope) -> QuerySet[CodeFinding]:
    """By the parties of the receipt, and to the institution that has the code otherwise."""
    seen = party_rows(scope)
    if scope.is_business and scope.kind == "institution":
        seen |= Q(other_id__in=scope.institution_ids)
    return within(scope, CodeFinding.objects.all(), seen)


def way_of_code(scope: Scope, code: str) -> QuerySet[CodeEvent]:
    """Where the code was, oldest first, as far as the reader sees it: what page and API show."""
    events = visible_code_events(scope).filter(trace_code_id=_id_of(code))
    named = ("trace_code", "institution", "manufacturer", "distributor", "county")
    return events.select_related(*named).order_by("at", "pk")


def findings_of_code(scope: Scope, code: str) -> QuerySet[CodeFinding]:
    return (
        visible_code_findings(scope).filter(trace_code_id=_id_of(code)).order_by("found_at", "pk")
    )


def _id_of(code: str) -> Subquery:
    """Looked up first by itself: no plan then begins with all codes of an institution."""
    return Subquery(TraceCode.objects.filter(code=code).values("pk")[:1])


def visible_product_marks(scope: Scope) -> QuerySet[ProductMark]:
    """Printed on every pack: open to the trade."""
    return for_business(scope, ProductMark.objects.all())
