"""The page of what a ledger entry comes of."""

from __future__ import annotations

from django.urls import reverse

from organisations.queries.scope import Scope
from settlement.models import LedgerEntry
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
