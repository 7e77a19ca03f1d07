"""Entries are taken back on request of one and by consent of another; others' papers stand."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Task
from settlement.models import LedgerEntry, LedgerReversal
from settlement.operations.deductions import record_deduction
from settlement.operations.reversals import ask_reversal, decide_reversal
from settlement.queries.ledger import balance
from settlement.queries.prepayments import left_of
from tests.settlement.test_prepayments import Prepaying
from tests.settlement.trade import MARCH, Trade, noon


def deducted(trade: Trade) -> LedgerEntry:
    """40 yuan owed for 甲医院, of which 15 are kept."""
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    trade.through(row)
    record_deduction(
        institution=trade.jia, month=MARCH, allocated=Decimal(15), **trade.acting(trade.agency)
    )
    return LedgerEntry.objects.get(event_kind="deduction")


def ask(trade: Trade, entry: LedgerEntry, reason: str = "登记到了别的月份") -> LedgerReversal:
    return ask_reversal(entry=entry, reason=reason, **trade.acting(trade.agency, "payer"))


@pytest.mark.django_db
def test_one_asks_another_agrees() -> None:
    trade = Trade()
    entry = deducted(trade)
    for office in (trade.jia, trade.seller):
        with pytest.raises(NotYours):
            ask_reversal(entry=entry, reason="错", **trade.acting(office))
    with pytest.raises(MissingInput):
        ask(trade, entry, " ")
    asked = ask(trade, entry)
    with pytest.raises(TransitionRefused, match="已有冲销申请"):
        ask(trade, entry)
    task = Task.objects.get(act="agree_reversal", done_at=None)
    assert (task.organisation, task.url) == (trade.bureau, f"/money/entries/{entry.pk}/")
    with pytest.raises(NotYours):
        decide_reversal(reversal=asked, verb="agree", **trade.acting(trade.agency, "payer"))
    bureau: dict[str, Any] = trade.acting(trade.bureau, "first")
    with pytest.raises(MissingInput, match="意见"):
        decide_reversal(reversal=asked, verb="refuse", **bureau)
    assert (
        decide_reversal(reversal=asked, verb="refuse", note="数额无误", **bureau).state == "refused"
    )
    # The bureau's own clerk may ask too, and then is not the one who agrees.
    asked = ask_reversal(entry=entry, reason="登记错误", **bureau)
    with pytest.raises(NotYours):
        decide_reversal(reversal=asked, verb="agree", **bureau)
    with pytest.raises(StaleVersion):
        decide_reversal(
            reversal=asked, verb="agree", seen_version=7, **trade.acting(trade.bureau, "second")
        )
    assert balance(trade.pool.pk, "claim", institution_id=trade.jia.pk) == 25
    done = decide_reversal(reversal=asked, verb="agree", **trade.acting(trade.bureau, "second"))
    assert done.mirror is not None
    assert done.mirror.reverses == entry
    assert balance(trade.pool.pk, "claim", institution_id=trade.jia.pk) == 40
    assert not Task.objects.filter(act="agree_reversal", done_at=None).exists()
    for again in (entry, done.mirror):
        with pytest.raises(TransitionRefused, match="冲销"):
            ask(trade, again)


@pytest.mark.django_db
def test_a_month_whose_deduction_was_taken_back_is_recorded_anew() -> None:
    trade = Trade()
    entry = deducted(trade)
    agency = trade.acting(trade.agency)
    asked = ask(trade, entry)
    with pytest.raises(TransitionRefused, match="先申请冲销"):
        record_deduction(institution=trade.jia, month=MARCH, allocated=Decimal(5), **agency)
    decide_reversal(reversal=asked, verb="agree", **trade.acting(trade.bureau, "second"))
    anew = record_deduction(institution=trade.jia, month=MARCH, allocated=Decimal(5), **agency)
    assert (anew.record_no, anew.claim, anew.kept) == (2, 40, 5)
    assert balance(trade.pool.pk, "claim", institution_id=trade.jia.pk) == 35
    with pytest.raises(TransitionRefused, match="已经登记过"):
        record_deduction(institution=trade.jia, month=MARCH, allocated=Decimal(5), **agency)
    again = ask(trade, LedgerEntry.objects.get(source_kind="deduction", source_id=anew.pk))
    decide_reversal(reversal=again, verb="agree", **trade.acting(trade.bureau, "second"))
    assert balance(trade.pool.pk, "claim", institution_id=trade.jia.pk) == 40


@pytest.mark.django_db
def test_a_deduction_that_took_nothing_does_not_block_its_month() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    trade.through(row)
    agency = trade.acting(trade.agency)
    mistyped = record_deduction(institution=trade.jia, month=MARCH, allocated=Decimal(0), **agency)
    right = record_deduction(institution=trade.jia, month=MARCH, allocated=Decimal(15), **agency)
    assert (mistyped.kept, right.kept, right.record_no) == (0, 15, 2)


@pytest.mark.django_db
def test_papers_of_statements_are_not_taken_back_by_themselves() -> None:
    trade = Trade()
    deducted(trade)
    for entry in LedgerEntry.objects.exclude(event_kind="deduction"):
        with pytest.raises(TransitionRefused, match="下一期结算单"):
            ask(trade, entry)


@pytest.mark.django_db
def test_offsets_come_back_until_the_prepayment_is_settled() -> None:
    trade = Prepaying(jia="1000")
    (row,) = trade.prepaid()
    trade.receive(noon(1, 20), "10")
    trade.follow(noon(2, 1).date())
    entry = LedgerEntry.objects.get(event_kind="prepayment.offset")
    paid = LedgerEntry.objects.get(event_kind="prepayment.paid")
    with pytest.raises(TransitionRefused, match="不能单独冲销"):
        ask(trade, paid)
    asked = ask(trade, entry)
    decide_reversal(reversal=asked, verb="agree", **trade.acting(trade.bureau, "first"))
    assert left_of(row) == row.amount
    # The month stays booked and taken back; it is not offset a second time.
    assert trade.follow(noon(2, 2).date()) == (0, 0)
    after = noon(12, 31) + timedelta(days=1)
    trade.give_back(row, f"{row.amount}", after)
    back = LedgerEntry.objects.get(event_kind="prepayment.returned")
    with pytest.raises(TransitionRefused, match="已经结清"):
        ask(trade, back)


def test_two_at_once_take_it_back_once(fresh_database: str) -> None:
    trade = Trade()
    asked = ask(trade, deducted(trade))
    people = [trade.acting(trade.bureau, who) for who in ("first", "second")]
    barrier, failed = threading.Barrier(2), list[BaseException]()

    def agree(acting: dict[str, Any]) -> None:
        try:
            barrier.wait()
            decide_reversal(reversal=asked, verb="agree", **acting)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=agree, args=(each,)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in failed] == [TransitionRefused]
    assert LedgerEntry.objects.filter(reverses__isnull=False).count() == 1
