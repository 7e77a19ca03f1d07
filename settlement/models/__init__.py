"""Money: the ledger, and the inputs of 结余留用."""

from settlement.models.ledger import LedgerAccount, LedgerEntry, Posting
from settlement.models.retention_input import RetentionInput

__all__ = ["LedgerAccount", "LedgerEntry", "Posting", "RetentionInput"]
