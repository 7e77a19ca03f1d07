"""Maker and checker: whoever took a step does not take the next one, by whatever door."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.jobs.models import Job
from inbox.models import BulkRun
from organisations.models import User
from settlement.models import LedgerEntry, Prepayment, RetentionRun, Statement
from settlement.operations.deductions import record_deduction
from settlement.operations.prepayments.decide import approve_prepayment
from settlement.operations.retention_run import agree_payment
from settlement.operations.reversals import ask_reversal
from settlement.operations.statements.approve import approve_statement, review_statement
from settlement.operations.statements.clock import ask_reopening
from tests.settlement.test_prepayments import Prepaying
from tests.settlement.test_retention_payers import countersigned
from tests.settlement.trade import MARCH, Trade, noon

pytestmark = pytest.mark.django_db
APPROVALS = ("approve", "approve_first", "approve_second")
REFUSED = (403, 409)


def knocking(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def locked_out(doors: list[tuple[str, dict[str, Any]]], user: User, now: Callable[[], Any]) -> None:
    """Every door says no and nothing behind it has moved."""
    before, client = now(), knocking(user)
    for address, data in doors:
        kind = "application/json" if address.startswith("/api/") else None
        answer = client.post(address, data, **({"content_type": kind} if kind else {}))
        assert answer.status_code in REFUSED, (address, answer.status_code)
        assert now() == before, address


def of_statement(row: Statement) -> Callable[[], Any]:
    return lambda: Statement.objects.values_list("state", "row_version", "first_by_id").get(
        pk=row.pk
    )


def doors_of(row: Statement) -> list[tuple[str, dict[str, Any]]]:
    version = {"version": row.row_version}
    page = f"/money/statements/{row.statement_no}/act/"
    api = f"/api/v1/statements/{row.statement_no}/"
    return [*((f"{page}{verb}/", version) for verb in APPROVALS), (f"{api}approve/", version)]


@pytest.mark.parametrize("price", ["4", "100000.001"])
def test_reviewer_and_first_approver_do_not_approve(price: str) -> None:
    trade = Trade()
    trade.receive(noon(3, 5), price=price)
    (row,) = trade.draft()
    row = trade.verify(trade.confirm(row))
    clerk, first = (trade.acting(trade.bureau, who) for who in ("clerk", "first"))
    row = review_statement(statement=row, **clerk)
    locked_out(doors_of(row), clerk["by"], of_statement(row))
    # Not by being sent back and taking the review from another's hands either.
    for other in (trade.agency, trade.jia, trade.seller):
        user = trade.acting(other)["by"]
        locked_out(doors_of(row), user, of_statement(row))
    row = approve_statement(statement=row, **first)
    assert row.needs_two is (price != "4")
    for user in (clerk["by"], first["by"]):
        locked_out(doors_of(row), user, of_statement(row))
    # What is owed is not paid by those who approved: the bank is the agency's.
    for address in ("/money/bank/file/", "/money/bank/answer/", "/api/v1/bank-orders/"):
        assert knocking(first["by"]).post(address).status_code == 403


def test_who_asked_does_not_agree_to_reopen() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    row = trade.through(row)
    trade.receive(noon(3, 30))
    clerk = trade.acting(trade.bureau, "clerk")
    row = ask_reopening(statement=row, reason="补录", **clerk)
    doors = [
        (
            f"/money/statements/{row.statement_no}/act/agree_reopening/",
            {"version": row.row_version},
        ),
        (f"/api/v1/statements/{row.statement_no}/agree-reopening/", {}),
    ]
    locked_out(doors, clerk["by"], Statement.objects.count)
    # Nor is another's request taken over, so as to make its asker the other person.
    other = trade.acting(trade.bureau, "first")["by"]
    again = (f"/api/v1/statements/{row.statement_no}/ask-reopening/", {"reopen_reason": "改写"})
    asked = Statement.objects.values_list("reopen_by_id", "reopen_reason")
    locked_out([again], other, lambda: asked.get(pk=row.pk))


def test_who_asked_for_a_prepayment_does_not_approve_it() -> None:
    trade = Prepaying(jia="1000", yi="500")
    one, two = trade.ask()
    asker = trade.acting(trade.bureau, "clerk")["by"]
    Prepayment.objects.filter(pk=two.pk).update(needs_two=True)
    first = trade.acting(trade.bureau, "first")
    two = approve_prepayment(prepayment=two, **first)

    def doors(row: Prepayment) -> list[tuple[str, dict[str, Any]]]:
        version = {"version": row.row_version}
        page = f"/money/prepayments/{row.prepayment_no}/act/"
        api = f"/api/v1/prepayments/{row.prepayment_no}/"
        return [*((f"{page}{verb}/", version) for verb in APPROVALS), (f"{api}approve/", version)]

    for row, user in ((one, asker), (two, asker), (two, first["by"])):
        rows = Prepayment.objects.values_list("state", "row_version")
        locked_out(doors(row), user, lambda row=row, rows=rows: rows.get(pk=row.pk))  # type: ignore[misc]


def test_many_prepayments_are_approved_at_once_by_another() -> None:
    """The bulk act says of each row why not; whoever asked approves none of them."""
    trade = Prepaying(jia="1000", yi="500")
    one, two = trade.ask()
    Prepayment.objects.filter(pk=two.pk).update(needs_two=True)

    def bulk(user: User) -> BulkRun:
        client = knocking(user)
        answer = client.post("/bulk/prepayment-approve/", {"ids": [one.pk, two.pk]})
        assert answer.status_code == 302, answer.content.decode()
        made = BulkRun.objects.order_by("-pk")[0]
        client.post(answer["Location"])
        made.refresh_from_db()
        return made

    def states() -> list[str]:
        return list(Prepayment.objects.order_by("pk").values_list("state", flat=True))

    asker = trade.acting(trade.bureau, "clerk")["by"]
    asked = bulk(asker)
    assert states() == ["asked", "asked"]
    assert all("另一名" in result["reason"] for result in asked.results)
    first = trade.acting(trade.bureau, "first")["by"]
    assert [result["ok"] for result in bulk(first).results] == [True, True]
    assert states() == ["approved", "first"]
    again = bulk(first)
    assert states() == ["approved", "first"]
    assert not any(result["ok"] for result in again.results)
    bulk(trade.acting(trade.bureau, "second")["by"])
    assert states() == ["approved", "approved"]
    assert (
        knocking(trade.acting(trade.agency)["by"]).post("/bulk/prepayment-approve/").status_code
        == 404
    )


def test_who_asked_for_a_reversal_does_not_agree() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    trade.through(row)
    record_deduction(
        institution=trade.jia, month=MARCH, allocated=Decimal(15), **trade.acting(trade.agency)
    )
    entry = LedgerEntry.objects.get(event_kind="deduction")
    clerk = trade.acting(trade.bureau, "clerk")
    asked = ask_reversal(entry=entry, reason="记错月份", **clerk)
    doors = [
        (f"/money/entries/{entry.pk}/act/agree/", {"version": asked.row_version}),
        (f"/api/v1/ledger-entries/{entry.pk}/reversal/decide/",
         {"version": asked.row_version, "agree": True, "note": ""}),
    ]  # fmt: skip
    locked_out(doors, clerk["by"], LedgerEntry.objects.count)
    # The agency, which asks too, agrees to nothing.
    locked_out(doors, trade.acting(trade.agency)["by"], LedgerEntry.objects.count)


def test_first_of_two_payers_does_not_pay_as_the_second() -> None:
    trade = Trade()
    run = countersigned(trade, "1000000.01")
    RetentionRun.objects.filter(pk=run.pk).update(region=trade.city, province=trade.city.parent)
    first = trade.acting(trade.bureau, "first")
    run = agree_payment(run=run, **first)
    version = {"version": run.row_version}
    doors: list[tuple[str, dict[str, Any]]] = [
        *((f"/settlement/retention/runs/{run.run_no}/acts/{verb}/", version)
          for verb in ("agree_pay", "pay")),
        *((f"/api/v1/retention-runs/{run.run_no}/acts/{verb}/", version) for verb in ("agree_pay", "pay")),
    ]  # fmt: skip
    rows = RetentionRun.objects.values_list("state", "row_version")
    locked_out(doors, first["by"], lambda: (rows.get(pk=run.pk), Job.objects.count()))
