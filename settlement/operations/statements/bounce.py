"""银行退汇: what the bank paid came back; the entry is mirrored and the statement is open again."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse as address

from core.audit.record import Actor, record
from inbox.operations.notices import NewNotice, notify
from settlement.models import BankOrder, Statement
from settlement.operations.ledger import reverse
from settlement.operations.statements.bank_rows import BankRow, payment_of
from settlement.operations.statements.settle import give_back
from settlement.operations.statements.telling import tell_holders


def take_back(row: BankRow, order: BankOrder, by: Actor, at: datetime) -> None:
    """Of a locked, paid order; `row` has been checked. The next file asks the bank again.

    The payee is told, because it is its account that did not take the money.
    """
    statement = Statement.objects.select_for_update(of=("self",)).get(pk=order.statement_id)
    booked = payment_of(order)
    if booked.entry is None:
        raise ValueError(f"{order} was paid without an entry")
    mirror = reverse(
        entry=booked.entry, occurred_on=row.paid_on, reason=f"银行退汇（流水号 {row.bank_ref}）",
        by=by, at=at,
    )  # fmt: skip
    order.state, order.returned_ref, order.returned_on = "returned", row.bank_ref, row.paid_on
    order.bank_words = row.words[:200]
    order.save(update_fields=["state", "returned_ref", "returned_on", "bank_words"])
    record(
        by=by, at=at, action="bank_order.return", object_type="bank_order",
        object_key=order.order_no, object_label=order.order_no, reason=row.words,
        detail={"amount": f"{booked.amount}"},
    )  # fmt: skip
    moved = give_back(statement, booked.amount, row.paid_on, row.bank_ref, mirror, by=by, at=at)
    tell_holders(moved, at)
    notify(
        notices=[NewNotice(
            moved.payee_id, f"bank-returned-{order.order_no}",
            f"货款被银行退汇：{moved.statement_no}，请核对收款账户", "",
            address("statement", args=[moved.statement_no]),
        )], at=at,
    )  # fmt: skip
