"""Money: the ledger, statements and their payments, prepayments, and 结余留用."""

from settlement.models.ledger import LedgerAccount, LedgerEntry, Posting
from settlement.models.prepayment import Prepayment
from settlement.models.retention_input import RetentionInput
from settlement.models.retention_run import (
    RetentionRow,
    RetentionRun,
    RetentionShareOut,
    RetentionSheet,
)
from settlement.models.reversal import LedgerReversal
from settlement.models.statement import (
    BankOrder,
    Deduction,
    Statement,
    StatementCheck,
    StatementLine,
    StatementPayment,
)

__all__ = [
    "BankOrder",
    "Deduction",
    "LedgerAccount",
    "LedgerEntry",
    "LedgerReversal",
    "Posting",
    "Prepayment",
    "RetentionInput",
    "RetentionRow",
    "RetentionRun",
    "RetentionShareOut",
    "RetentionSheet",
    "Statement",
    "StatementCheck",
    "StatementLine",
    "StatementPayment",
]
