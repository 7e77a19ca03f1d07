"""Every step of money taken by two people at once: one is done, each yuan is booked once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from core.audit.models import AuditEvent
from organisations.models import Organisation, Standing
from settlement.models import (
    BankOrder,
    Deduction,
    LedgerEntry,
    LedgerReversal,
    Prepayment,
    Statement,
    StatementPayment,
)
from settlement.operations.deductions import record_deduction
from settlement.operations.prepayments.ask import ask_prepayments
from settlement.operations.prepayments.decide import approve_prepayment, refuse_prepayment
from settlement.operations.prepayments.offset import follow_prepayments
from settlement.operations.prepayments.pay import pay_prepayment, return_prepayment
from settlement.operations.retention_run import agree_payment, pay_run
from settlement.operations.reversals import ask_reversal
from settlement.operations.statements.answer import (
    answer_statement,
    confirm_statement,
    pass_over_overdue,
)
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
    hold_suspended,
)
from settlement.queries.prepayments import left_of
from settlement.states.prepayment import PREPAYMENT_MACHINE
from settlement.states.statement import STATEMENT_MACHINE
from tests.factories import organisations as people
from tests.racing import once, raced
from tests.settlement.test_prepayments import FIRST, Prepaying
from tests.settlement.test_retention_payers import countersigned
from tests.settlement.test_statements import row_of
from tests.settlement.trade import CLOCK, MARCH, Trade, noon

SUMS = {"approve_first": "1000000.01", "approve_second": "1000001", "both": "1000002"}
NAMES = ("confirm", "answer", "review", "close", "approve", *SUMS, "return", "hold", "miss", "part", "again")  # fmt: skip
CLERK, ONE, TWO, THREE = "clerk", "first", "second", "third"
MAY = noon(5, 20)


def audited(name: str, key: int, *verbs: str) -> int:
    """Events of these transitions of one object."""
    actions = [f"{name}.{verb}" for verb in verbs]
    return AuditEvent.objects.filter(object_key=str(key), action__in=actions).count()


def drafted(trade: Trade) -> dict[str, Statement]:
    """A statement of March for each name, of a seller of its own."""
    for name in NAMES:
        seller = people.organisation(
            "enterprise", name=name, is_manufacturer=False, is_distributor=True
        )
        trade.receive(noon(3, 5), "1", seller=seller, price=SUMS.get(name, "40"))
    return {row.payee.name: row for row in trade.draft()}


def both(trade: Trade, act: Any, of: Organisation, one: str, other: str, **given: Any) -> list[str]:
    two = [trade.acting(of, who) for who in (one, other)]
    return raced(*(partial(act, **given, **acting) for acting in two))


def test_one_of_two_is_done_at_every_step_of_a_statement(fresh_database: str) -> None:
    trade = Trade()
    rows = drafted(trade)
    bureau, hospital = trade.bureau, trade.jia
    taken: set[str] = set()

    def now(name: str) -> Statement:
        return Statement.objects.get(pk=rows[name].pk)

    def took(name: str, verb: str, state: str) -> None:
        taken.add(verb)
        assert now(name).state == state, (name, verb)
        assert audited("statement", rows[name].pk, verb) == 1, (name, verb)

    payee = rows["confirm"].payee
    told = both(trade, confirm_statement, payee, ONE, TWO, statement=rows["confirm"], disputes={})
    assert once(told)
    took("confirm", "confirm", "confirmed")
    for name in NAMES[1:]:
        struck = {rows[name].lines.get().pk: "未到货"} if name == "close" else {}
        rows[name] = trade.confirm(rows[name], struck)
    told = both(trade, answer_statement, hospital, ONE, TWO, statement=rows["answer"], disputes={})
    assert once(told)
    took("answer", "answer", "answered")
    for name in NAMES[2:]:
        if name not in ("close", "miss", "hold"):
            rows[name] = trade.verify(rows[name])

    for name, verb, state in (("review", "review", "reviewed"), ("close", "close", "closed")):
        assert once(both(trade, review_statement, bureau, CLERK, ONE, statement=rows[name]))
        took(name, verb, state)
    for name in (*NAMES[4:9], "part", "again"):
        acting = trade.acting(bureau, CLERK)
        rows[name] = review_statement(statement=rows[name], **acting)
    approve = approve_statement
    for name in ("part", "again"):
        approve_statement(statement=rows[name], **trade.acting(bureau, ONE))
    assert once(both(trade, approve, bureau, ONE, TWO, statement=rows["approve"]))
    took("approve", "approve", "approved")
    # One person in two windows is one of two; two people are two.
    assert once(both(trade, approve, bureau, ONE, ONE, statement=rows["approve_first"]))
    took("approve_first", "approve_first", "countersigned")
    told = both(trade, approve, bureau, ONE, TWO, statement=rows["both"])
    assert told == ["done", "done"]
    took("both", "approve_second", "approved")
    signed = now("both")
    assert len({signed.reviewed_by_id, signed.first_by_id, signed.second_by_id}) == 3
    approve_statement(statement=rows["approve_second"], **trade.acting(bureau, ONE))
    assert once(both(trade, approve, bureau, TWO, THREE, statement=rows["approve_second"]))
    took("approve_second", "approve_second", "approved")
    mixed = raced(
        partial(
            return_statement, statement=rows["return"], reason="再核", **trade.acting(bureau, ONE)
        ),
        partial(approve, statement=rows["return"], **trade.acting(bureau, TWO)),
    )
    assert once(mixed)
    taken.add("return")
    assert audited("statement", rows["return"].pk, "return", "approve") == 1

    people.standing(
        rows["hold"].payee, kind=Standing.Kind.SETTLEMENT_SUSPENDED, valid_from=date(2026, 4, 9),
        valid_to=date(2026, 4, 10),
    )  # fmt: skip
    for day, verb, state in ((10, "hold", "held"), (11, "release", "drafted")):
        at = noon(4, day)
        raced(*(partial(hold_suspended, on=at.date(), by=CLOCK, at=at) for _ in range(2)))
        took("hold", verb, state)
    late = noon(4, 20)
    raced(*(partial(pass_over_overdue, on=late.date(), by=CLOCK, at=late) for _ in range(2)))
    took("miss", "miss", "answered")
    reopened(trade, rows["approve"])
    paid(trade, rows, now, took)
    trade.check()
    clock = {"accept"}
    assert taken | clock == {each.verb for each in STATEMENT_MACHINE.transitions}
    posted = LedgerEntry.objects.filter(event_kind="statement.approved")
    assert posted.count() == Statement.objects.filter(entry__isnull=False).count()


def reopened(trade: Trade, row: Statement) -> None:
    """One asks, another agrees: one further part, however many ask and agree at once."""
    trade.receive(noon(3, 30), "1", seller=row.payee)
    bureau = trade.bureau
    assert once(both(trade, ask_reopening, bureau, ONE, TWO, statement=row, reason="补录"))
    asked = Statement.objects.get(pk=row.pk).reopen_by_id
    assert once(both(trade, agree_reopening, bureau, CLERK, THREE, statement=row))
    part = Statement.objects.get(payee=row.payee, month=MARCH, part_no=2)
    assert (part.total, audited("statement", row.pk, "agree_reopening")) == (4, 1)
    assert asked is not None


def paid(
    trade: Trade, rows: dict[str, Statement], now: Callable[[str], Statement], took: Any
) -> None:
    """The file is asked for, the answer read and money taken back by two at once."""
    agency = [trade.acting(trade.agency, who, MAY) for who in (ONE, TWO)]
    exported = raced(*(partial(export_bank_orders, **acting) for acting in agency))
    assert exported == ["done", "done"]
    orders = {order.statement.payee.name: order for order in BankOrder.objects.all()}
    assert BankOrder.objects.count() == len(orders)

    def answered(*lines: BankRow) -> None:
        read = partial(read_bank_answer, rows=lines, apply=True)
        assert raced(*(partial(read, **acting) for acting in agency)) == ["done", "done"]

    answered(row_of(orders["both"], ref="LS1"), row_of(orders["part"], "15", ref="LS2"),
             row_of(orders["again"], "15", ref="LS3"))  # fmt: skip
    took("both", "pay", "paid")
    took("part", "pay_part", "part_paid")
    back = {"succeeded": False, "returned": True, "words": "户名不符", "paid_on": date(2026, 5, 6)}
    rest = {order.statement.payee.name: order for order in export_bank_orders(**agency[0])}
    answered(row_of(rest["again"], ref="LS4"))
    answered(row_of(orders["both"], ref="TH1", **back), row_of(rest["again"], ref="TH2", **back))
    took("both", "bounce", "approved")
    took("again", "bounce_part", "part_paid")
    assert (now("both").paid, now("again").paid) == (0, 15)
    booked = LedgerEntry.objects.filter(event_kind="bank.paid")
    assert booked.count() == StatementPayment.objects.filter(kind="bank").count() == 4
    assert StatementPayment.objects.filter(kind="returned").count() == 2
    assert LedgerEntry.objects.filter(reverses__in=booked).count() == 2
    # A deduction of one month, and its reversal, by two at once.
    told = raced(*(
        partial(record_deduction, institution=trade.jia, month=MARCH, allocated=Decimal(9), **acting)
        for acting in agency
    ))  # fmt: skip
    assert once(told)
    assert Deduction.objects.count() == 1
    entry = LedgerEntry.objects.get(event_kind="deduction")
    assert once(
        raced(*(partial(ask_reversal, entry=entry, reason="错", **each) for each in agency))
    )
    assert LedgerReversal.objects.count() == 1


def test_institutions_pay_once(fresh_database: str) -> None:
    """陕: the last answer makes it owed; the same voucher is one payment, two are never too much."""
    trade = Trade("shaanxi-2024")
    trade.receive(noon(3, 5))
    (row,) = trade.draft()
    row = trade.confirm(row)
    assert once(both(trade, answer_statement, trade.jia, ONE, TWO, statement=row, disputes={}))
    row.refresh_from_db()
    assert (row.state, audited("statement", row.pk, "accept")) == ("approved", 1)
    given: dict[str, Any] = {"statement": row, "paid_on": date(2026, 4, 8)}
    same = both(
        trade, record_own_payment, trade.jia, ONE, TWO, **given, amount=Decimal(30), reference="P1"
    )
    assert same == ["done", "done"]
    acting = trade.acting(trade.jia, ONE)
    pay = partial(record_own_payment, **given, amount=Decimal(10), **acting)
    assert once(raced(partial(pay, reference="P2"), partial(pay, reference="P3")))
    row.refresh_from_db()
    assert (row.state, row.paid, row.payments.count()) == ("paid", 40, 2)
    retention_paid(trade)


def retention_paid(trade: Trade) -> None:
    """Above the amount one agrees and another pays, whoever tries both at the same moment."""
    run = countersigned(trade, "1000000.01")
    assert once(both(trade, agree_payment, trade.bureau, ONE, ONE, run=run))
    one, two = (trade.acting(trade.bureau, who) for who in (ONE, TWO))
    assert once(raced(partial(pay_run, run=run, **one), partial(pay_run, run=run, **two)))
    run.refresh_from_db()
    assert (run.pay_first_by_id, run.state_by_id) == (one["by"].pk, two["by"].pk)
    assert LedgerEntry.objects.filter(event_kind="retention.paid").count() == 1


def test_one_of_two_is_done_at_every_step_of_a_prepayment(fresh_database: str) -> None:
    trade = Prepaying()
    verbs = ("approve", "approve_first", "both", "approve_second", "refuse", "pay")
    for number, _ in enumerate(verbs):
        hospital = people.organisation(
            name=f"医院{number}", region=trade.jia.region, pool=trade.pool
        )
        trade.agree(hospital, f"{1000 + number}")
    ask = partial(ask_prepayments, year=trade.year, pool=trade.pool)
    two = [trade.acting(trade.bureau, who, FIRST) for who in (CLERK, ONE)]
    assert once(raced(*(partial(ask, **acting) for acting in two)))
    made = Prepayment.objects.order_by("institution__name")
    assert made.count() == len(verbs)
    Prepayment.objects.update(asked_by_id=trade.acting(trade.bureau, CLERK, FIRST)["by"].pk)
    rows = dict(zip(verbs, made, strict=True))
    large = [rows[name].pk for name in ("approve_first", "both", "approve_second")]
    Prepayment.objects.filter(pk__in=large).update(needs_two=True)
    bureau, taken = trade.bureau, {"settle"}

    def took(name: str, verb: str, state: str) -> None:
        taken.add(verb)
        assert Prepayment.objects.get(pk=rows[name].pk).state == state, verb
        assert audited("prepayment", rows[name].pk, verb) == 1, verb

    approve = approve_prepayment
    assert once(both(trade, approve, bureau, ONE, TWO, prepayment=rows["approve"]))
    took("approve", "approve", "approved")
    assert once(both(trade, approve, bureau, ONE, ONE, prepayment=rows["approve_first"]))
    took("approve_first", "approve_first", "first")
    assert both(trade, approve, bureau, ONE, TWO, prepayment=rows["both"]) == ["done", "done"]
    took("both", "approve_second", "approved")
    signed = Prepayment.objects.get(pk=rows["both"].pk)
    assert len({signed.asked_by_id, signed.first_by_id, signed.second_by_id}) == 3
    approve_prepayment(prepayment=rows["approve_second"], **trade.acting(bureau, ONE, FIRST))
    assert once(both(trade, approve, bureau, TWO, THREE, prepayment=rows["approve_second"]))
    mixed = raced(
        partial(
            refuse_prepayment, prepayment=rows["refuse"], note="重报", **trade.acting(bureau, ONE)
        ),
        partial(approve, prepayment=rows["refuse"], **trade.acting(bureau, TWO)),
    )
    assert once(mixed)
    taken.add("refuse")
    trade.agree_to(rows["pay"])
    payers = [trade.acting(trade.agency, who, FIRST) for who in (ONE, TWO)]
    pay = partial(pay_prepayment, prepayment=rows["pay"], paid_on=FIRST.date())
    assert once(raced(*(partial(pay, **acting) for acting in payers)))
    took("pay", "pay", "paid")
    assert taken == {each.verb for each in PREPAYMENT_MACHINE.transitions}

    row = Prepayment.objects.get(pk=rows["pay"].pk)
    trade.receive(noon(1, 20), "10", of=row.institution)
    after = noon(12, 31) + timedelta(days=1)
    raced(*(partial(follow_prepayments, on=date(2026, 2, 1), by=CLOCK, at=after) for _ in range(2)))
    assert LedgerEntry.objects.filter(event_kind="prepayment.offset").count() == 1
    left = left_of(row)
    assert left == row.amount - 12
    late = [trade.acting(trade.agency, who, after) for who in (ONE, TWO)]
    give = partial(return_prepayment, prepayment=row, returned_on=after.date(), reference="SK1")
    same = raced(*(partial(give, amount=left, **acting) for acting in late))
    assert same == ["done", "done"]
    assert LedgerEntry.objects.filter(event_kind="prepayment.returned").count() == 1
    assert Prepayment.objects.get(pk=row.pk).state == "settled"
    assert audited("prepayment", row.pk, "settle") == 1
