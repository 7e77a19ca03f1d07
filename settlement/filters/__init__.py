"""Filters that lists and the API share."""

from settlement.filters.ledger import AccountFilter
from settlement.filters.prepayments import PrepaymentFilter
from settlement.filters.retention import RetentionInputFilter
from settlement.filters.statements import BankOrderFilter, DeductionFilter, StatementFilter

__all__ = [
    "AccountFilter",
    "BankOrderFilter",
    "DeductionFilter",
    "PrepaymentFilter",
    "RetentionInputFilter",
    "StatementFilter",
]
