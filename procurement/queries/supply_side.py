"""Who sees stock reports, invoices, surge cases and transfers."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from catalog.models import Selection
from organisations.models import Region
from organisations.queries.scope import Scope
from organisations.queries.visibility import NOTHING, party_rows, within
from procurement.models import Invoice, InvoiceItem, StockReport, SurgeCase, Transfer


def visible_stock_reports(scope: Scope) -> QuerySet[StockReport]:
    """The manufacturer's own; to a bureau those of products that were selected for its province."""
    rows = StockReport.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    if scope.kind == "enterprise":
        own = sorted({scope.organisation_id, *scope.predecessor_ids})
        return within(scope, rows, Q(manufacturer__in=own) if scope.is_manufacturer else NOTHING)
    if not scope.is_bureau or scope.province_id is None:
        return within(scope, rows, NOTHING)
    selected = Selection.objects.filter(
        Q(region=scope.province_id) | Q(region__parent=scope.province_id)
    )
    return within(scope, rows, Q(product__in=selected.values("product")))


def visible_invoices(scope: Scope) -> QuerySet[Invoice]:
    """Heads name no manufacturer: it sees its own deliveries, not what else was invoiced."""
    return within(scope, Invoice.objects.all(), party_rows(scope))


def visible_invoice_items(scope: Scope) -> QuerySet[InvoiceItem]:
    return within(scope, InvoiceItem.objects.all(), party_rows(scope))


def visible_surge_cases(scope: Scope) -> QuerySet[SurgeCase]:
    """Whoever buys, pays or answers in the region, and every enterprise: they have to supply."""
    rows = SurgeCase.objects.all()
    if not scope.is_business:
        return within(scope, rows, NOTHING)
    if scope.kind == "enterprise":
        return within(scope, rows, None)
    seen = Q(province=scope.province_id)
    if scope.region_level != Region.Level.PROVINCE:
        seen &= Q(city__isnull=True) | Q(city=scope.city_id)
    return within(scope, rows, seen)


def visible_transfers(scope: Scope) -> QuerySet[Transfer]:
    """Both institutions' and the authorities' over either."""
    seen = party_rows(scope)
    if scope.is_business and scope.kind == "institution":
        seen |= Q(lender__in=sorted(scope.institution_ids))
    if scope.is_region_authority:
        if scope.region_level == Region.Level.COUNTY:
            seen |= Q(lender_county=scope.region_id)
        elif scope.region_level == Region.Level.CITY:
            seen |= Q(lender_city=scope.region_id)
    return within(scope, Transfer.objects.all(), seen)
