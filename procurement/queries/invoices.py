"""Invoices in sight, and what of deliveries is still to be invoiced or to be taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import QuerySet, Sum

from core.transitions import Verdict
from organisations.queries.scope import Scope
from procurement.models import Delivery, DeliveryNote, Invoice, InvoiceItem
from procurement.queries.receiving import taken_of
from procurement.queries.shipping import note_deliveries
from procurement.queries.supply_side import visible_invoice_items, visible_invoices
from procurement.queries.visible import visible_deliveries, visible_delivery_notes
from procurement.rules.invoice import OFFICERS, registers_invoices

NAMED = ("institution", "distributor", "origin", "county")


def may_register_invoice(scope: Scope) -> Verdict:
    return registers_invoices(
        is_distributor=scope.is_business and scope.kind == "enterprise" and scope.is_distributor,
        has_role=scope.has_role(*OFFICERS),
    )


def invoices(scope: Scope) -> QuerySet[Invoice]:
    return visible_invoices(scope).select_related(*NAMED)


def items_of(scope: Scope, invoice: Invoice) -> QuerySet[InvoiceItem]:
    return visible_invoice_items(scope).filter(invoice=invoice).select_related("product")


def deliveries_of_note(scope: Scope, note_no: str) -> list[Delivery]:
    """The own deliveries of a 配送单: a note made here, else loaded rows that bear its number."""
    note = visible_delivery_notes(scope).filter(
        note_no=note_no, distributor=scope.organisation_id
    ).first()  # fmt: skip
    rows = note_deliveries(note) if isinstance(note, DeliveryNote) else visible_deliveries(
        scope
    ).filter(note_no=note_no, distributor=scope.organisation_id)  # fmt: skip
    return list(rows.select_related("product", "institution").order_by("pk"))


def invoiced_packs(deliveries: Collection[int]) -> dict[int, Decimal]:
    """Packs on blue invoices less those on red ones, by delivery."""
    rows = InvoiceItem.objects.filter(delivery_id__in=list(deliveries))
    return dict(rows.order_by().values_list("delivery_id").annotate(Sum("packs")))


def left_to_invoice(deliveries: Iterable[Delivery]) -> dict[int, Decimal]:
    """Delivered packs less refused and invoiced ones, by delivery; a fixed number of queries."""
    rows = list(deliveries)
    taken = taken_of([row.pk for row in rows], [row.line_id for row in rows])
    billed = invoiced_packs([row.pk for row in rows])
    none = Decimal(0)
    return {
        row.pk: row.packs - (taken[row.pk].refused if row.pk in taken else none)
        - billed.get(row.pk, none)
        for row in rows
    }  # fmt: skip


def left_to_take_back(blue: Invoice) -> dict[int, Decimal]:
    """Packs of the blue invoice that no red one has taken back, by delivery."""
    own = {row.delivery_id: row.packs for row in blue.items.all()}
    gone = InvoiceItem.objects.filter(invoice__origin=blue).order_by()
    for delivery_id, packs in gone.values_list("delivery_id").annotate(Sum("packs")):
        own[delivery_id] += packs
    return own
