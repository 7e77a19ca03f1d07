"""Writes of money; all movements end in operations/ledger.py."""
