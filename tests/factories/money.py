"""Ledger rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.audit.record import SystemActor
from settlement.models import LedgerAccount, LedgerEntry, Posting
from settlement.operations.ledger import EventKey, LedgerLine, Source, post
from tests.factories.organisations import LONG_AGO, number, organisation

TESTER = SystemActor("测试")


def ledger_entry(amount: Decimal = Decimal(100), **changes: Any) -> LedgerEntry:
    """A claim of a new institution against its pool's fund."""
    institution = changes.pop("institution", None) or organisation()
    made = number()
    values: dict[str, Any] = {
        "key": EventKey("test", str(made)), "pool_id": institution.pool_id,
        "lines": [
            LedgerLine("claim", amount, institution_id=institution.pk),
            LedgerLine("fund", -amount),
        ],
        "occurred_on": date(2026, 3, 1), "source": Source("deduction", made, f"事项{made}"),
        "text": f"分录{made}", "by": TESTER, "at": LONG_AGO,
    }  # fmt: skip
    return post(**values | changes)


def posting() -> Posting:
    return ledger_entry().postings.all()[0]


def ledger_account() -> LedgerAccount:
    return posting().account
