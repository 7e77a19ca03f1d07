"""Remarks on receipts by the parties of the delivery."""

from __future__ import annotations

from django.db.models import QuerySet

from organisations.queries.scope import Scope
from organisations.queries.visibility import party_rows, within
from procurement.models import ReceiptRemark


def visible_receipt_remarks(scope: Scope) -> QuerySet[ReceiptRemark]:
    return within(scope, ReceiptRemark.objects.all(), party_rows(scope))
