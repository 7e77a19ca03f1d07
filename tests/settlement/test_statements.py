"""Direct settlement from receipts to the bank's answer, by different people, each yuan once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from catalog.models import BatchParameter
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Task
from organisations.models import Standing
from procurement.models import LineProgress, OrderLine, Payment, Receipt
from settlement.models import BankOrder, LedgerAccount, Statement, StatementLine
from settlement.operations.deductions import record_deduction
from settlement.operations.statements.answer import answer_statement, pass_over_overdue
from settlement.operations.statements.approve import (
    approve_statement,
    return_statement,
    review_statement,
)
from settlement.operations.statements.bank import (
    export_bank_orders,
    read_bank_answer,
    record_own_payment,
)
from settlement.operations.statements.bank_rows import BankRow
from settlement.operations.statements.clock import (
    agree_reopening,
    ask_reopening,
    begin_settling,
    draft_ended_months,
    hold_suspended,
)
from settlement.queries.ledger import balance, trial_balance
from tests.factories import organisations as people
from tests.factories import stages
from tests.settlement.trade import APRIL, CLOCK, MARCH, Trade, noon

pytestmark = pytest.mark.django_db


def row_of(order: BankOrder, amount: str = "", ref: str = "LS1", **changes: Any) -> BankRow:
    values: dict[str, Any] = {
        "number": 2, "order_no": order.order_no, "amount": Decimal(amount or order.amount),
        "paid_on": date(2026, 4, 10), "bank_ref": ref, "succeeded": True,
    }  # fmt: skip
    return BankRow(**values | changes)


def pay(trade: Trade, *rows: BankRow, apply: bool = True) -> Any:
    acting = trade.acting(trade.agency, at=noon(5, 20))
    return read_bank_answer(rows=rows, apply=apply, **acting)


def balances(trade: Trade) -> dict[str, Decimal]:
    """By purpose, all parties together, without zeros; they sum to zero."""
    sums: dict[str, Decimal] = {}
    for row in trial_balance(LedgerAccount.objects.filter(pool=trade.pool), date(2027, 1, 1)):
        sums[row.purpose] = sums.get(row.purpose, Decimal(0)) + row.balance
    assert sum(sums.values()) == 0
    return {purpose: amount for purpose, amount in sums.items() if amount}


def test_from_receipts_to_the_banks_answer() -> None:
    trade = Trade()
    first = trade.receive(noon(3, 5))
    trade.receive(noon(3, 31), of=trade.yi, price="2.505")
    trade.receive(noon(4, 1))
    trade.receive(noon(3, 9), seller=trade.maker)
    trade.send_back(first, "3", noon(3, 20))
    assert trade.check() == Decimal("133.05")
    made = {row.payee: row for row in trade.draft()}
    assert trade.draft() == []
    row = made[trade.seller]
    # 40 − 12 + 25.05; the receipt of 1 April waits for its month, the maker's own has its own.
    assert (row.total, made[trade.maker].total) == (Decimal("53.05"), Decimal(40))
    assert row.due_on == date(2026, 4, 30)
    trade.check()
    row = trade.confirm(row)
    assert row.reply_due_on == date(2026, 4, 15)
    assert set(
        Task.objects.filter(done_at__isnull=True, act="answer_statement").values_list(
            "organisation_id", flat=True
        )
    ) == {trade.jia.pk, trade.yi.pk}
    row = trade.verify(row)
    assert row.state == "answered"
    row = trade.approve(row)
    assert (row.state, row.needs_two) == ("approved", False)
    assert balances(trade) == {"claim": Decimal("53.05"), "payable": Decimal("-53.05")}
    assert balance(trade.pool.pk, "claim", institution_id=trade.yi.pk) == Decimal("25.05")
    (order,) = export_bank_orders(**trade.acting(trade.agency))
    assert export_bank_orders(**trade.acting(trade.agency)) == [order]
    assert pay(trade, row_of(order, "50"), apply=False).paid == 1
    assert balances(trade) == {"claim": Decimal("53.05"), "payable": Decimal("-53.05")}
    pay(trade, row_of(order, "50"))
    again = pay(trade, row_of(order, "50"))
    assert (again.paid, again.repeated, again.errors) == (0, 1, ())
    row.refresh_from_db()
    assert (row.state, row.paid, row.open_amount) == ("part_paid", 50, Decimal("3.05"))
    (rest,) = export_bank_orders(**trade.acting(trade.agency))
    assert rest.amount == Decimal("3.05")
    pay(trade, row_of(rest, ref="LS2"))
    row.refresh_from_db()
    assert row.state == "paid"
    assert balances(trade) == {"claim": Decimal("53.05"), "fund": Decimal("-53.05")}
    paid = Payment.objects.filter(enterprise=trade.seller, payer="fund")
    assert sum(p.amount for p in paid) == Decimal("53.05")
    assert LineProgress.objects.get(line_id=first.line_id).state == "completed"
    assert not Task.objects.filter(done_at__isnull=True, object_key=row.statement_no).exists()
    trade.check()


def test_a_line_of_fractions_of_a_cent_is_completed_when_its_receipts_are_paid() -> None:
    """0.124 yuan twice is stated as 0.12 twice: the 0.25 of both together is owed to nobody."""
    trade = Trade()
    first = trade.receive(noon(3, 5), "1", price="0.124")
    line = OrderLine.objects.get(pk=first.line_id)
    trade.receive(noon(3, 6), "1", price="0.124", line=line)
    LineProgress.objects.filter(line_id=line.pk).update(accepted_packs=2, state="received")
    (row,) = trade.draft()
    trade.through(row)
    (order,) = export_bank_orders(**trade.acting(trade.agency))
    pay(trade, row_of(order))
    row.refresh_from_db()
    assert (row.state, row.paid) == ("paid", Decimal("0.24"))
    assert LineProgress.objects.get(line_id=line.pk).state == "completed"


def test_disputed_lines_are_carried_with_their_history() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    trade.receive(noon(3, 6), price="1")
    (row,) = trade.draft()
    big, _ = row.lines.order_by("-amount")
    with pytest.raises(MissingInput, match="原因"):
        trade.confirm(row, {big.pk: " "})
    with pytest.raises(MissingInput, match="不在这张结算单"):
        trade.confirm(row, {0: "价格不符"})
    row.refresh_from_db()
    row = trade.confirm(row, {big.pk: "价格不符"})
    assert row.total == 10
    row = answer_statement(
        statement=row, disputes={}, replies={big.pk: "按中选价执行"}, **trade.acting(trade.jia)
    )
    big.refresh_from_db()
    assert (big.state, big.reply) == ("disputed", "按中选价执行")
    trade.check()
    row = trade.approve(row)
    (after,) = trade.draft(APRIL, noon(5, 1))
    (carried,) = after.lines.all()
    assert (carried.amount, carried.carried_from) == (40, big)
    trade.check()
    # The hospital too may dispute; nothing is left, so the clerk closes it.
    after = trade.verify(trade.confirm(after), {carried.pk: "未收到该批货"})
    assert after.total == 0
    after = review_statement(statement=after, **trade.acting(trade.bureau, "clerk"))
    assert after.state == "closed"
    trade.check()


def test_page_asks_each_institution_once_and_says_what_is_wrong(client: Client) -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    trade.receive(noon(3, 6), of=trade.yi)
    (row,) = trade.draft()
    row = trade.confirm(row)
    address = f"/money/statements/{row.statement_no}/"
    client.force_login(trade.acting(trade.jia)["by"])
    assert 'id="answer"' in client.get(address).content.decode()
    wrong = {"version": row.row_version, "lines": "99", "reason": "未到货"}
    answer = client.post(f"{address}act/answer/", wrong)
    assert answer.status_code == 400
    told = answer.content.decode()
    assert "没有序号为 99 的行" in told
    assert "没有办理：请改正" in told
    assert row.lines.filter(state="live").count() == 2
    assert client.post(f"{address}act/answer/", {"version": row.row_version}).status_code == 302
    # The other institution has not answered yet; this one is asked no more.
    row.refresh_from_db()
    assert row.state == "confirmed"
    assert 'id="answer"' not in client.get(address).content.decode()


def test_silent_institution_is_passed_over_after_the_last_day() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    trade.receive(noon(3, 6), of=trade.yi)
    (row,) = trade.draft()
    row = trade.confirm(row)
    answer_statement(statement=row, disputes={}, **trade.acting(trade.jia))
    assert row.reply_due_on == date(2026, 4, 15)
    assert pass_over_overdue(on=date(2026, 4, 15), by=CLOCK, at=noon(4, 15)) == 0
    assert pass_over_overdue(on=date(2026, 4, 16), by=CLOCK, at=noon(4, 16)) == 1
    row.refresh_from_db()
    assert (row.state, row.total) == ("answered", 40)
    assert row.lines.get(state="unanswered").institution == trade.yi
    trade.check()


@pytest.mark.parametrize(("amount", "two"), [("1000000", False), ("1000000.01", True)])
def test_two_approvers_above_the_amount(amount: str, two: bool) -> None:
    trade = Trade()
    trade.receive(noon(3, 5), "1", price=amount)
    (row,) = trade.draft()
    row = trade.verify(trade.confirm(row))
    clerk = trade.acting(trade.bureau, "clerk")
    row = review_statement(statement=row, **clerk)
    assert row.needs_two is two
    with pytest.raises(NotYours, match="另一名"):
        approve_statement(statement=row, **clerk)
    for stranger in (trade.agency, trade.jia, trade.seller):
        with pytest.raises(NotYours):
            approve_statement(statement=row, **trade.acting(stranger))
    first = trade.acting(trade.bureau, "first")
    row = approve_statement(statement=row, **first)
    assert row.state == ("countersigned" if two else "approved")
    if two:
        with pytest.raises(NotYours):
            approve_statement(statement=row, **first)
        with pytest.raises(NotYours):
            approve_statement(statement=row, **clerk)
        row = approve_statement(statement=row, **trade.acting(trade.bureau, "second"))
    assert row.state == "approved"


@pytest.mark.parametrize(
    "change",
    [
        "state = 'approved'",
        "state = 'reviewed', reviewed_by_id = 1",
        "first_by_id = 1, reviewed_by_id = 1",
        "first_by_id = 1, reviewed_by_id = 2, second_by_id = 1",
        "first_by_id = 1, reviewed_by_id = 2, second_by_id = 2",
        "paid = 1000",
    ],
)
def test_database_refuses_side_doors(change: str) -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    trade.draft()
    with (
        pytest.raises(Exception, match=r"statement|transition|Invalid"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE settlement_statement SET {change}")


def test_lines_of_an_approved_statement_stand() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    line = row.lines.get()
    twin = {f.attname: getattr(line, f.attname) for f in StatementLine._meta.concrete_fields
            if f.attname != "id"}  # fmt: skip
    with pytest.raises(IntegrityError, match="statement_line_once"), transaction.atomic():
        StatementLine.objects.create(**twin)
    trade.through(row)
    with pytest.raises(IntegrityError, match="do not change"), transaction.atomic():
        StatementLine.objects.filter(pk=line.pk).update(amount=1)
    with pytest.raises(IntegrityError, match="do not change"), transaction.atomic():
        StatementLine.objects.create(**twin | {"seq": 1})


def test_return_correction_and_new_price_after_payment() -> None:
    """Each comes as a line of the next statement; the credit is set off against what is owed."""
    trade = Trade()
    taken = trade.receive(noon(3, 5))
    other = trade.receive(noon(3, 6))
    (row,) = trade.draft()
    row = trade.through(row)
    (order,) = export_bank_orders(**trade.acting(trade.agency))
    pay(trade, row_of(order))
    trade.send_back(taken, "4", noon(4, 3))
    trade.correct(other, "-1", noon(4, 4))
    Receipt.objects.filter(pk=other.pk).update(unit_price=Decimal("3.5"))
    (credit,) = trade.draft(APRIL, noon(5, 1))
    found = {(line.kind, line.amount) for line in credit.lines.all()}
    # 4 × 4 back; one pack less at 4; ten packs at 3.50 instead of 4.
    assert found == {("return", -16), ("receipt", -4), ("adjustment", -5)}
    credit = trade.through(credit, noon(5, 8))
    assert (credit.state, credit.open_amount) == ("approved", -25)
    assert balances(trade) == {"claim": 55, "payable": 25, "fund": -80}
    trade.receive(noon(5, 6))
    (more,) = trade.draft(date(2026, 5, 1), noon(6, 1))
    more = trade.through(more, noon(6, 8))
    credit.refresh_from_db()
    assert (credit.state, more.state, more.open_amount) == ("paid", "part_paid", 15)
    assert balances(trade) == {"claim": 95, "payable": -15, "fund": -80}
    (order,) = export_bank_orders(**trade.acting(trade.agency, at=noon(6, 9)))
    assert order.amount == 15
    assert trade.check() == 95


@pytest.mark.parametrize("policy", ["jiangxi-2024", "shaanxi-2024"])
def test_month_whose_returns_take_everything_back(policy: str) -> None:
    """There is nothing to post or to pay; it ends without money, and its order line is not late."""
    trade = Trade(policy)
    taken = trade.receive(noon(3, 5))
    trade.correct(taken, "-10", noon(3, 6))
    (row,) = trade.draft()
    assert (row.total, row.lines.filter(state="live").count()) == (0, 2)
    row = trade.verify(trade.confirm(row))
    if policy == "jiangxi-2024":
        row = trade.approve(row)
    row.refresh_from_db()
    assert (row.state, row.entry, balances(trade)) == ("paid", None, {})
    assert trade.check() == 0


def test_reopened_month_has_a_second_part_by_two_people() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    row = trade.through(row)
    trade.receive(noon(3, 30))
    clerk = trade.acting(trade.bureau, "clerk")
    with pytest.raises(TransitionRefused, match="没有待同意"):
        agree_reopening(statement=row, **clerk)
    row = ask_reopening(statement=row, reason="补录三月收货", **clerk)
    with pytest.raises(TransitionRefused, match="另一人"):
        agree_reopening(statement=row, **clerk)
    part = agree_reopening(statement=row, **trade.acting(trade.bureau, "first"))
    assert (part.month, part.part_no, part.total) == (MARCH, 2, 40)
    part = trade.through(part)
    assert {row.entry_id is None for row in Statement.objects.all()} == {False}
    assert balances(trade) == {"claim": 80, "payable": -80}
    assert trade.check() == 80


def test_suspended_payee_is_held_not_dropped() -> None:
    trade = Trade()
    people.standing(trade.seller, kind=Standing.Kind.SETTLEMENT_SUSPENDED,
                    valid_from=date(2026, 4, 1), valid_to=date(2026, 4, 20))  # fmt: skip
    trade.receive(noon(3, 5))
    trade.receive(noon(3, 5), seller=trade.maker)
    made = {row.payee: row for row in trade.draft()}
    assert [made[p].state for p in (trade.seller, trade.maker)] == ["held", "drafted"]
    trade.check()
    with pytest.raises(TransitionRefused, match="暂停结算"):
        trade.confirm(made[trade.seller])
    assert hold_suspended(on=date(2026, 4, 20), by=CLOCK, at=noon(4, 20)) == (0, 0)
    assert hold_suspended(on=date(2026, 4, 21), by=CLOCK, at=noon(4, 21)) == (0, 1)
    own = trade.approve(trade.verify(trade.confirm(made[trade.maker])), noon(4, 21))
    people.standing(trade.maker, kind=Standing.Kind.SETTLEMENT_SUSPENDED,
                    valid_from=date(2026, 4, 22))  # fmt: skip
    assert own.state == "approved"
    assert export_bank_orders(**trade.acting(trade.agency, at=noon(4, 22))) == []
    trade.check()


def test_only_packs_with_valid_codes_where_codes_settle() -> None:
    trade = Trade()
    BatchParameter.objects.create(batch=trade.batch, parameter="trace_codes", value="1")
    taken = trade.receive(noon(3, 5))
    codes = _codes(taken, 6, trade)
    (row,) = trade.draft()
    assert row.total == 24
    stopped = row.lines.get(state="blocked")
    assert (stopped.packs, stopped.amount) == (4, 16)
    assert "4 包装没有有效的追溯码" in stopped.reason
    trade.check()
    row = trade.through(row)
    trade.correct(taken, "-1", noon(4, 2))
    _codes(taken, 1, trade, start=codes)
    (after,) = trade.draft(APRIL, noon(5, 1))
    # Seven codes stand for nine packs now: one more is settled, two wait.
    assert [(x.amount, x.kind) for x in after.lines.filter(state="live")] == [(4, "adjustment")]
    assert sum(x.amount for x in after.lines.filter(state="blocked")) == 8
    assert trade.check() == 36


def test_what_was_corrected_without_codes_stays_blocked() -> None:
    """The correction comes after the receipt by its time, whichever of them was loaded first."""
    trade = Trade()
    BatchParameter.objects.create(batch=trade.batch, parameter="trace_codes", value="1")
    first = trade.receive(noon(3, 5), "7")
    second = trade.correct(first, "-7", noon(3, 6))
    Receipt.objects.filter(pk=first.pk).update(accepted_packs=-7, received_at=noon(3, 6))
    Receipt.objects.filter(pk=second.pk).update(accepted_packs=7, received_at=noon(3, 5))
    (row,) = trade.draft()
    assert sorted(row.lines.values_list("state", "amount")) == [("blocked", -28), ("blocked", 28)]
    assert trade.check() == 0


def _codes(taken: Receipt, count: int, trade: Trade, start: int = 0) -> int:
    from procurement.models import TraceCode

    TraceCode.objects.bulk_create(
        TraceCode(
            code=f"8000001{taken.pk:06d}{n:07d}", kind="drug", product_id=taken.product_id,
            delivery_id=taken.delivery_id, state="received", state_at=taken.received_at,
            institution_id=taken.institution_id, manufacturer_id=taken.manufacturer_id,
            distributor_id=taken.distributor_id, county_id=taken.county_id, city_id=taken.city_id,
            province_id=taken.province_id, pool_id=taken.pool_id,
        )
        for n in range(start, start + count)
    )  # fmt: skip
    return start + count


def test_banks_answer_by_row() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    trade.receive(noon(3, 5), seller=trade.maker)
    for row in trade.draft():
        trade.through(row)
    one, two = export_bank_orders(**trade.acting(trade.agency))
    wrong = [
        row_of(one, "40.01", number=2),
        row_of(two, number=3, ref="", succeeded=True),
        row_of(two, number=4, paid_on=date(2026, 6, 1)),
        row_of(two, number=5, paid_on=date(2026, 4, 7)),
        row_of(two, "0", number=6),
        BankRow(7, "没有", Decimal(1), date(2026, 4, 10), "LS9", succeeded=True),
    ]
    for bad in wrong:
        result = pay(trade, bad, row_of(one if bad.order_no != one.order_no else two, ref="LS8"))
        assert [error.number for error in result.errors] == [bad.number]
    assert pay(trade, row_of(one), row_of(one, number=3)).errors[0].number == 3
    assert not Statement.objects.filter(paid__gt=0).exists()
    result = pay(trade, row_of(one), row_of(two, succeeded=False, ref="", words="户名不符"))
    assert (result.paid, result.failed) == (1, 1)
    assert pay(trade, row_of(one, "39")).errors[0].column == "付款编号"
    assert pay(trade, row_of(two, ref="LS1")).errors[0].column == "银行流水号"
    assert pay(trade, row_of(two, ref="LS3")).errors[0].column == "结果"
    (again,) = export_bank_orders(**trade.acting(trade.agency))
    assert (again.amount, again.order_no) == (40, two.order_no[:-1] + "2")
    with pytest.raises(NotYours):
        read_bank_answer(rows=[row_of(again)], apply=True, **trade.acting(trade.bureau))


def test_deduction_carries_what_the_allocation_does_not_cover() -> None:
    trade = Trade()
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    trade.through(row)
    acting = trade.acting(trade.agency)
    made = record_deduction(institution=trade.jia, month=MARCH, allocated=Decimal(15), **acting)
    assert (made.claim, made.kept, made.shortfall) == (40, 15, 25)
    with pytest.raises(TransitionRefused, match="已经登记过"):
        record_deduction(institution=trade.jia, month=MARCH, allocated=Decimal(15), **acting)
    rest = record_deduction(institution=trade.jia, month=APRIL, allocated=Decimal(100), **acting)
    assert (rest.claim, rest.kept, rest.shortfall) == (25, 25, 0)
    assert balances(trade) == {"payable": -40, "fund": 40}
    for bad in (Decimal(-1), Decimal("1.005")):
        with pytest.raises(MissingInput):
            record_deduction(institution=trade.yi, month=MARCH, allocated=bad, **acting)
    with pytest.raises(MissingInput):
        record_deduction(
            institution=people.organisation(), month=MARCH, allocated=Decimal(1), **acting
        )


def test_institutions_pay_in_shaanxi() -> None:
    trade = Trade("shaanxi-2024")
    trade.receive(noon(3, 5))
    trade.receive(noon(3, 5), of=trade.yi)
    rows = trade.draft()
    assert {row.institution for row in rows} == {trade.jia, trade.yi}
    row = next(row for row in rows if row.institution == trade.jia)
    row = trade.verify(trade.confirm(row))
    assert (row.state, row.due_on) == ("approved", date(2026, 4, 30))
    given: dict[str, Any] = {"amount": Decimal(30), "paid_on": date(2026, 4, 8), "reference": "P1"}
    for other in (trade.agency, trade.yi, trade.bureau):
        with pytest.raises(NotYours):
            record_own_payment(statement=row, **given, **trade.acting(other))
    for wrong in ({"amount": Decimal("40.01")}, {"paid_on": date(2026, 4, 9)}, {"reference": " "}):
        with pytest.raises(MissingInput):
            record_own_payment(statement=row, **given | wrong, **trade.acting(trade.jia))
    row = record_own_payment(statement=row, **given, **trade.acting(trade.jia))
    row = record_own_payment(statement=row, **given, **trade.acting(trade.jia))
    assert (row.state, row.open_amount) == ("part_paid", 10)
    row = record_own_payment(
        statement=row, amount=Decimal(10), paid_on=date(2026, 4, 8), reference="P2",
        **trade.acting(trade.jia),
    )  # fmt: skip
    assert row.state == "paid"
    assert balances(trade) == {"goods": 40, "own_cash": -40}
    assert {p.payer for p in Payment.objects.all()} == {"institution"}


def test_return_to_review_stale_page_and_missing_invoice() -> None:
    trade = Trade()
    trade.receive(noon(3, 5), invoice="")
    (row,) = trade.draft()
    with pytest.raises(MissingInput, match="发票号"):
        trade.confirm(row)
    from settlement.operations.statements.answer import confirm_statement

    row.refresh_from_db()
    row = confirm_statement(
        statement=row, disputes={}, invoice_no="FP9", **trade.acting(trade.seller)
    )
    assert row.lines.get().invoice_no == "FP9"
    row = trade.verify(row)
    clerk = trade.acting(trade.bureau, "clerk")
    with pytest.raises(StaleVersion):
        review_statement(statement=row, seen_version=1, **clerk)
    row = review_statement(statement=row, **clerk)
    row = return_statement(statement=row, reason="发票不符", **trade.acting(trade.bureau, "first"))
    assert (row.state, row.return_reason) == ("answered", "发票不符")
    # Who returned it may review it now, and then is no approver.
    row = review_statement(statement=row, **trade.acting(trade.bureau, "first"))
    with pytest.raises(NotYours):
        approve_statement(statement=row, **trade.acting(trade.bureau, "first"))


def test_what_was_paid_elsewhere_and_before_the_start_is_left_out() -> None:
    trade = Trade()
    taken = trade.receive(noon(3, 5))
    line = OrderLine.objects.get(pk=taken.line_id)
    stages.payment(
        line_id=line.pk, ordered_at=line.ordered_at, order_id=line.order_id, line_no=1, amount=40
    )
    trade.receive(noon(2, 20))
    trade.receive(noon(3, 6), price="1")
    acting = trade.acting(trade.bureau, "clerk")
    with pytest.raises(TransitionRefused, match="还没有结束"):
        begin_settling(pool=trade.pool, month=APRIL, **acting)
    (row,) = begin_settling(pool=trade.pool, month=MARCH, **acting)
    assert row.total == 10
    with pytest.raises(TransitionRefused, match="2026-03 起"):
        begin_settling(pool=trade.pool, month=date(2026, 2, 1), **acting)
    with pytest.raises(NotYours):
        begin_settling(pool=trade.pool, month=MARCH, **trade.acting(trade.agency))
    trade.receive(noon(4, 2))
    on = date(2026, 5, 1)
    assert draft_ended_months(pool=trade.pool, on=on - timedelta(1), by=CLOCK, at=noon(4, 30)) == 0
    assert draft_ended_months(pool=trade.pool, on=on, by=CLOCK, at=noon(5, 1)) == 1
    assert draft_ended_months(pool=trade.pool, on=on, by=CLOCK, at=noon(5, 1)) == 0
