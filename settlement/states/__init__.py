"""States of prepayments and statements, and what ledger accounts are for."""
