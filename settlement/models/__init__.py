"""Money: so far the inputs of 结余留用; the ledger comes with its own stage."""

from settlement.models.retention_input import RetentionInput

__all__ = ["RetentionInput"]
