"""Money: the ledger, and 结余留用 with its inputs, runs, sheets and rows."""

from settlement.models.ledger import LedgerAccount, LedgerEntry, Posting
from settlement.models.retention_input import RetentionInput
from settlement.models.retention_run import (
    RetentionRow,
    RetentionRun,
    RetentionShareOut,
    RetentionSheet,
)

__all__ = [
    "LedgerAccount",
    "LedgerEntry",
    "Posting",
    "RetentionInput",
    "RetentionRow",
    "RetentionRun",
    "RetentionShareOut",
    "RetentionSheet",
]
