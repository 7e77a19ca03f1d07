"""Columns of supply's lists; one file per noun."""

from procurement.tables.recalls import ACCOUNT_COLUMNS, HOLDER_COLUMNS, LOT_SHEET, RECALL_COLUMNS

__all__ = ["ACCOUNT_COLUMNS", "HOLDER_COLUMNS", "LOT_SHEET", "RECALL_COLUMNS"]
