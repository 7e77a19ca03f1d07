"""Remarks on receipts by the parties of the delivery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from procurement.models import Receipt, ReceiptRemark


def visible_receipt_remarks(scope: Scope) -> QuerySet[ReceiptRemark]:
    return within(scope, ReceiptRemark.objects.all(), party_rows(scope))


def with_remarks(scope: Scope, rows: Sequence[Receipt]) -> list[Any]:
    """These receipts with `said`: how they came about, and why packs were refused."""
    remarks = {
        each.receipt_id: each
        for each in visible_receipt_remarks(scope).filter(receipt_id__in=[row.pk for row in rows])
    }
    found: list[Any] = list(rows)
    for row in found:
        remark = row.remark = remarks.get(row.pk)
        parts = [] if remark is None else [remark.get_reason_display(), remark.words]
        if remark is not None and remark.kind != ReceiptRemark.Kind.TAKEN:
            parts.insert(0, remark.get_kind_display())
        row.said = "：".join(part for part in parts if part)
    return found
