"""The page of what a ledger entry comes of."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse

from organisations.queries.scope import Scope
from settlement.models import Deduction, LedgerEntry
from settlement.queries.prepayments import visible_prepayments
from settlement.queries.retention import visible_retention_sheets
from settlement.queries.statements import visible_deductions, visible_statements


def source_address(scope: Scope, entry: LedgerEntry) -> str:
    """'' where the reader has none."""
    pk = entry.source_id
    match entry.source_kind:
        case "statement":
            row = visible_statements(scope).filter(pk=pk).first()
            return reverse("statement", args=[row.statement_no]) if row else ""
        case "prepayment":
            paid = visible_prepayments(scope).filter(pk=pk).first()
            return reverse("prepayment", args=[paid.prepayment_no]) if paid else ""
        case "retention":
            sheet = visible_retention_sheets(scope).filter(pk=pk).first()
            return reverse("retention-sheet", args=[sheet.sheet_no]) if sheet else ""
        case "deduction":
            kept = visible_deductions(scope).filter(pk=pk).first()
            month = f"?month={kept.month:%Y-%m-%d}" if kept else ""
            return reverse("deductions") + month if kept else ""
        case "ledger_entry" if entry.reverses_id:
            return reverse("ledger-entry", args=[entry.reverses_id])
    return ""


def with_entry(rows: QuerySet[Deduction]) -> QuerySet[Deduction]:
    """With `entry_id`, None where nothing was kept, and whether that entry was `taken_back`."""
    own = LedgerEntry.objects.filter(source_kind="deduction", source_id=OuterRef("pk"))
    back = _mirrors_of(OuterRef("pk"))
    return rows.annotate(entry_id=Subquery(own.values("pk")[:1]), taken_back=Exists(back))


def was_taken_back(row: Deduction) -> bool:
    return _mirrors_of(row.pk).exists()


def _mirrors_of(deduction: int | OuterRef) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(
        reverses__source_kind="deduction", reverses__source_id=deduction
    )


def entry_of(kind: str, pk: int) -> LedgerEntry | None:
    """The first entry that comes of a paper."""
    rows = LedgerEntry.objects.filter(source_kind=kind, source_id=pk).order_by("pk")
    return rows.first()
