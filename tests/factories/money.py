"""Ledger rows, statements and what belongs to them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from core.audit.record import SystemActor
from organisations.models import Organisation
from procurement.models import OrderLine
from settlement.models import (
    BankOrder,
    Deduction,
    LedgerAccount,
    LedgerEntry,
    LedgerReversal,
    Posting,
    Prepayment,
    Statement,
    StatementCheck,
    StatementLine,
    StatementPayment,
)
from settlement.operations.ledger import EventKey, LedgerLine, Source, post
from tests.factories.catalog import batch
from tests.factories.organisations import LONG_AGO, number, organisation
from tests.factories.stages import Parties, receipt

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


def ledger_reversal(entry: LedgerEntry | None = None, **fields: Any) -> LedgerReversal:
    """Asked for, not decided."""
    values: dict[str, Any] = {
        "entry": entry or ledger_entry(), "reason": "记错机构", "asked_at": LONG_AGO,
        "asked_by_id": number(), "asked_by_name": "测试", "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    return LedgerReversal.objects.create(**values | fields)


def posting() -> Posting:
    return ledger_entry().postings.all()[0]


def ledger_account() -> LedgerAccount:
    return posting().account


def statement(
    of: Organisation | None = None, *, payee: Organisation | None = None, mark: str = "FP1",
    **fields: Any,
) -> Statement:  # fmt: skip
    """Drafted, with one line of a receipt of the institution; `mark` is its invoice number."""
    of = of or organisation()
    payee = payee or organisation("enterprise", is_manufacturer=False, is_distributor=True)
    values: dict[str, Any] = {
        "statement_no": f"JS2603-{number()}-1", "pool": of.pool, "payee": payee,
        "month": date(2026, 3, 1), "mode": "fund", "total": Decimal(40),
        "due_on": date(2026, 4, 30), "drafted_at": LONG_AGO, "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    row = Statement.objects.create(**values | fields)
    statement_line(row, of, mark)
    StatementCheck.objects.create(statement=row, institution=of)
    return row


def statement_line(
    row: Statement | None = None, of: Organisation | None = None, mark: str = "FP1"
) -> StatementLine:
    if row is None:
        return statement().lines.get()
    seller = Parties(of or organisation(), organisation("enterprise"), row.payee)
    taken = receipt(seller)
    line = OrderLine.objects.get(pk=taken.line_id)
    return StatementLine.objects.create(
        statement=row, kind="receipt", source="receipt", fact_id=taken.pk, fact_at=taken.received_at,
        line_id=line.pk, ordered_at=line.ordered_at, order_no=line.order.order_no, line_no=1,
        institution_id=taken.institution_id, product_id=taken.product_id, batch=batch(),
        packs=10, unit_price=4, amount=40, invoice_no=mark,
    )  # fmt: skip


def statement_check() -> StatementCheck:
    return statement().checks.get()


def bank_order(row: Statement | None = None, **fields: Any) -> BankOrder:
    row = row or statement()
    values: dict[str, Any] = {
        "order_no": f"{row.statement_no}-F1", "statement": row, "amount": Decimal(40),
        "exported_at": LONG_AGO, "exported_by_name": "测试",
    }  # fmt: skip
    return BankOrder.objects.create(**values | fields)


def statement_payment() -> StatementPayment:
    return StatementPayment.objects.create(
        statement=statement(), kind="bank", amount=40, paid_on=date(2026, 4, 1), reference="LS1",
        recorded_at=LONG_AGO, recorded_by_name="测试",
    )  # fmt: skip


def deduction(of: Organisation | None = None, **fields: Any) -> Deduction:
    of = of or organisation()
    values: dict[str, Any] = {
        "pool": of.pool, "institution": of, "month": date(2026, 3, 1), "allocated": 100,
        "claim": 40, "kept": 40, "recorded_at": LONG_AGO, "recorded_by_name": "测试",
    }  # fmt: skip
    return Deduction.objects.create(**values | fields)


def prepayment(of: Organisation | None = None, **fields: Any) -> Prepayment:
    of = of or organisation()
    values: dict[str, Any] = {
        "prepayment_no": f"YF{number()}", "kind": "institution", "pool": of.pool,
        "institution": of, "year_no": 1, "base": 100, "ratio": Decimal("0.3"), "clause": "陕 四(四)",
        "amount": 30, "asked_at": LONG_AGO, "asked_by_name": "测试", "state_at": LONG_AGO,
        "state_by_name": "测试",
    }  # fmt: skip
    if "batch" not in fields:
        values["batch"] = batch()
    return Prepayment.objects.create(**values | fields)
