"""Prepayments: base × ratio, others approve, used up in step with purchases, the rest comes back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.models import BatchParameter
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from inbox.models import Notice, Task
from organisations.models import Organisation, Standing
from settlement.models import LedgerAccount, LedgerEntry, Prepayment
from settlement.operations.ledger import LedgerConflict
from settlement.operations.prepayments import ask
from settlement.operations.prepayments.ask import ask_prepayments
from settlement.operations.prepayments.decide import approve_prepayment, refuse_prepayment
from settlement.operations.prepayments.offset import follow_prepayments
from settlement.operations.prepayments.pay import pay_prepayment, return_prepayment
from settlement.queries.ledger import balance, trial_balance
from settlement.queries.prepayments import left_of
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.settlement.trade import APRIL, CLOCK, MARCH, Trade, noon

pytestmark = pytest.mark.django_db
FIRST = noon(1, 5)


class Prepaying(Trade):
    """Agreements of the year 2026: each of `agreed` is an institution's quantity at 4 yuan."""

    def __init__(self, policy: str = "shaanxi-2024", **agreed: str) -> None:
        super().__init__(policy)
        self.year = make.agreement_year(
            batch=self.batch, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        )
        for name, quantity in agreed.items():
            self.agree(getattr(self, name), quantity)

    def agree(self, of: Organisation, quantity: str, price: str = "4", signed: bool = True) -> None:
        at = FIRST - timedelta(days=3)
        three = dict.fromkeys(
            ("institution_signed_at", "manufacturer_signed_at", "distributor_signed_at"), at
        )
        if not signed:
            three["distributor_signed_at"] = None  # type: ignore[assignment]
        stages.agreement_line(
            stages.Parties(of, self.maker, self.seller), batch=self.batch, product=self.product,
            agreed_qty=Decimal(quantity), price=Decimal(price), **three,
        )  # fmt: skip

    def ask(self, month: date | None = None, at: Any = FIRST) -> list[Prepayment]:
        acting = self.acting(self.bureau, "clerk", at)
        return ask_prepayments(year=self.year, pool=self.pool, month=month, **acting)

    def agree_to(self, row: Prepayment, who: str = "first", at: Any = FIRST) -> Prepayment:
        return approve_prepayment(prepayment=row, **self.acting(self.bureau, who, at))

    def pay(self, row: Prepayment, at: Any = FIRST) -> Prepayment:
        acting = self.acting(self.agency, "payer", at)
        return pay_prepayment(prepayment=row, paid_on=at.date(), **acting)

    def prepaid(self, month: date | None = None, at: Any = FIRST) -> list[Prepayment]:
        return [self.pay(self.agree_to(row, at=at), at) for row in self.ask(month, at)]

    def follow(self, on: date) -> tuple[int, int]:
        return follow_prepayments(on=on, by=CLOCK, at=noon(on.month, on.day))

    def give_back(self, row: Prepayment, amount: str, at: Any, ref: str = "SK1") -> Prepayment:
        return return_prepayment(
            prepayment=row, amount=Decimal(amount), returned_on=at.date(), reference=ref,
            **self.acting(self.agency, "payer", at),
        )  # fmt: skip

    def sums(self) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for row in trial_balance(LedgerAccount.objects.filter(pool=self.pool), date(2028, 1, 1)):
            found[row.purpose] = found.get(row.purpose, Decimal(0)) + row.balance
        assert sum(found.values()) == 0
        return {purpose: amount for purpose, amount in found.items() if amount}


def units(trade: Trade) -> Decimal:
    return Decimal(trade.product.base_units_per_pack)


def test_to_institutions_from_request_to_the_last_cent() -> None:
    """陕: 0.30 of what each hospital agreed; offset by 0.30 of what it accepts; the rest returned."""
    trade = Prepaying(jia="1000", yi="500")
    each = units(trade)
    jia, yi = sorted(trade.ask(), key=lambda row: row.institution_id == trade.yi.pk)
    base = (4000 / each).quantize(Decimal("0.01"))
    assert (jia.kind, jia.base, jia.ratio) == ("institution", base, Decimal("0.3"))
    assert jia.amount == (4000 / each * Decimal("0.3")).quantize(Decimal("0.01"))
    with pytest.raises(TransitionRefused, match="都已申请过"):
        trade.ask()
    # Whoever asked does not approve, another pool's people neither; nobody pays what is not approved.
    for who in (trade.acting(trade.bureau, "clerk"), trade.acting(trade.agency)):
        with pytest.raises(NotYours, match="另一名"):
            approve_prepayment(prepayment=jia, **who)
    with pytest.raises(TransitionRefused, match="待批准"):
        trade.pay(jia)
    assert Task.objects.get(object_key=jia.prepayment_no, done_at=None).act == "approve_prepayment"
    with pytest.raises(StaleVersion):
        approve_prepayment(prepayment=jia, seen_version=9, **trade.acting(trade.bureau, "first"))
    jia = trade.agree_to(jia)
    task = Task.objects.get(object_key=jia.prepayment_no, done_at=None)
    assert (task.act, task.organisation) == ("pay_prepayment", trade.agency)
    with pytest.raises(NotYours):
        pay_prepayment(prepayment=jia, paid_on=FIRST.date(), **trade.acting(trade.bureau))
    with pytest.raises(MissingInput, match="今天"):
        pay_prepayment(
            prepayment=jia, paid_on=date(2026, 1, 6), **trade.acting(trade.agency, at=FIRST)
        )
    jia = trade.pay(jia)
    assert Notice.objects.filter(organisation=trade.jia, title__contains="预付金已拨付").exists()
    assert trade.sums() == {"prepaid": jia.amount, "fund": -jia.amount}
    assert refuse_prepayment(
        prepayment=yi, note="协议待补", **trade.acting(trade.bureau, "first")
    ).state == "refused"  # fmt: skip
    # Asked again under a number of its own.
    (again,) = trade.ask()
    assert again.prepayment_no == yi.prepayment_no[:-1] + "2"

    taken = trade.receive(noon(1, 20), "10", price="4.05")
    trade.receive(noon(1, 31), "5", of=trade.yi)
    trade.send_back(taken, "1", noon(2, 3))
    trade.receive(noon(2, 4), "10", price="4.05")
    trade.receive(noon(3, 2), "10", price="4.05")
    assert trade.follow(date(2026, 1, 31)) == (0, 0)
    assert trade.follow(date(2026, 3, 1)) == (2, 0)
    assert trade.follow(date(2026, 3, 1)) == (0, 0)
    months = LedgerEntry.objects.filter(event_kind="prepayment.offset").order_by("occurred_on")
    booked = [(e.occurred_on, e.postings.get(account__purpose="fund").amount) for e in months]
    # 40.50 × 0.3 = 12.15; (40.50 − 4.05) × 0.3 = 10.935, half up.
    assert booked == [
        (date(2026, 1, 31), Decimal("12.15")), (date(2026, 2, 28), Decimal("10.94")),
    ]  # fmt: skip
    assert left_of(jia) == jia.amount - Decimal("23.09")
    assert balance(
        trade.pool.pk, "prepaid", institution_id=trade.jia.pk, until=date(2026, 1, 31)
    ) == jia.amount - Decimal("12.15")  # fmt: skip

    # The last day of the year is too early; on the day after, the rest is asked for and booked.
    last, after = noon(12, 31), noon(12, 31) + timedelta(days=1)
    with pytest.raises(TransitionRefused, match="结束后才清算"):
        trade.give_back(jia, "1", last)
    assert follow_prepayments(on=after.date(), by=CLOCK, at=after) == (1, 0)
    assert Task.objects.get(object_key=jia.prepayment_no, done_at=None).act == "return_prepayment"
    rest = left_of(jia)
    assert rest == jia.amount - Decimal("35.24")
    for wrong in (f"{rest + Decimal('0.01')}", "0", "1.005"):
        with pytest.raises(MissingInput, match="余额"):
            trade.give_back(jia, wrong, after)
    jia = trade.give_back(jia, "50", after)
    jia = trade.give_back(jia, "50", after)
    with pytest.raises(LedgerConflict):
        trade.give_back(jia, "49", after)
    assert (jia.state, left_of(jia)) == ("paid", rest - 50)
    jia = trade.give_back(jia, f"{rest - 50}", after, "SK2")
    assert (jia.state, left_of(jia), trade.sums()) == ("settled", 0, {})
    assert not Task.objects.filter(object_key=jia.prepayment_no, done_at=None).exists()


def test_offset_stops_at_zero_and_settles() -> None:
    trade = Prepaying(jia="10")
    (row,) = trade.prepaid()
    trade.receive(noon(1, 20), "1000")
    assert trade.follow(date(2026, 2, 1)) == (1, 1)
    row.refresh_from_db()
    assert (row.state, trade.sums()) == ("settled", {})
    assert trade.follow(date(2026, 3, 1)) == (0, 0)


@pytest.mark.parametrize(("limit", "two"), [("0", False), ("-0.01", True)])
def test_two_approvers_over_the_amount(
    monkeypatch: pytest.MonkeyPatch, limit: str, two: bool
) -> None:
    """Exactly as much as the parameter needs one, a cent more needs two."""
    trade = Prepaying(jia="10")
    (before,) = trade.ask()
    monkeypatch.setattr(ask, "dual_amount", lambda pool, on: before.amount + Decimal(limit))
    refuse_prepayment(prepayment=before, note="重报", **trade.acting(trade.bureau, "first"))
    (row,) = trade.ask()
    assert row.needs_two is two
    row = trade.agree_to(row)
    assert row.state == ("first" if two else "approved")
    if two:
        for who in ("clerk", "first"):
            with pytest.raises(NotYours):
                trade.agree_to(row, who)
        row = trade.agree_to(row, "second")
    assert row.state == "approved"


def test_to_the_agency_and_monthly_to_suppliers() -> None:
    """赣2019: half the year's agreed amount to the agency; of it a twelfth a month to the supplier,
    settled against the approved statement.
    """
    trade = Prepaying("jiangxi-2019", jia="1200", yi="1200")
    each = units(trade)
    (row,) = trade.prepaid()
    whole = (9600 / each * Decimal("0.5")).quantize(Decimal("0.01"))
    assert (row.kind, row.amount, row.institution) == ("agency", whole, None)
    with pytest.raises(MissingInput, match="还没有结束的月份"):
        trade.ask(MARCH, noon(4, 1))
    (advance,) = trade.ask(MARCH, noon(3, 31))
    twelfth = (9600 / each * Decimal("0.5") / 12).quantize(Decimal("0.01"))
    assert (advance.kind, advance.enterprise, advance.amount) == ("supplier", trade.seller, twelfth)
    advance = trade.agree_to(advance, at=noon(3, 31))
    people.standing(trade.seller, kind=Standing.Kind.SETTLEMENT_SUSPENDED,
                    valid_from=date(2026, 3, 31), valid_to=date(2026, 3, 31))  # fmt: skip
    with pytest.raises(TransitionRefused, match="暂停直接结算"):
        trade.pay(advance, noon(3, 31))
    advance = trade.pay(advance, noon(4, 2))
    assert (left_of(row), left_of(advance)) == (whole - twelfth, twelfth)
    assert trade.sums() == {"prepaid": whole - twelfth, "advance": twelfth, "fund": -whole}
    packs = (twelfth / 4).quantize(Decimal(1)) - 1
    trade.receive(noon(3, 5), f"{packs}")
    (statement,) = trade.draft()
    statement = trade.through(statement)
    assert (statement.state, statement.paid) == ("paid", packs * 4)
    assert left_of(advance) == twelfth - packs * 4
    # Half of what was accepted in March is less than the supplier was advanced for it.
    assert trade.follow(date(2026, 4, 2)) == (0, 0)
    trade.receive(noon(4, 5), "30")
    # April: 120 × 0.5, nothing was advanced.
    assert trade.follow(date(2026, 5, 1)) == (1, 0)
    assert left_of(row) == whole - twelfth - 60
    trade.through(*trade.draft(APRIL, noon(5, 1)), noon(5, 8))  # type: ignore[misc]
    assert trade.follow(date(2026, 5, 9)) == (0, 1)
    advance.refresh_from_db()
    assert (advance.state, left_of(advance)) == ("settled", 0)


def test_an_advance_needs_the_working_capital_and_comes_back_to_it() -> None:
    trade = Prepaying("jiangxi-2019", jia="1200")
    (row,) = trade.ask()
    (advance,) = trade.ask(MARCH)
    advance = trade.agree_to(advance)
    with pytest.raises(TransitionRefused, match="还没有拨付"):
        trade.pay(advance)
    trade.pay(trade.agree_to(row))
    advance = trade.pay(advance)
    year_after = noon(12, 31) + timedelta(days=1)
    with pytest.raises(TransitionRefused, match="供货企业的预付没有结清"):
        trade.give_back(row, "1", year_after)
    trade.give_back(advance, f"{advance.amount}", year_after)
    row.refresh_from_db()
    assert left_of(row) == row.amount
    assert trade.give_back(row, f"{row.amount}", year_after).state == "settled"
    assert trade.sums() == {}


def test_what_cannot_be_asked_for() -> None:
    trade = Prepaying("jiangxi-2024", jia="10")
    with pytest.raises(TransitionRefused, match="没有规定预付比例"):
        trade.ask()
    BatchParameter.objects.create(batch=trade.batch, parameter="prepay_ratio", value="0.4")
    assert [row.ratio for row in trade.ask()] == [Decimal("0.4")]
    unsigned = Prepaying("shaanxi-2024")
    unsigned.agree(unsigned.jia, "100", signed=False)
    with pytest.raises(TransitionRefused, match="还没有三方都已签订"):
        unsigned.ask()
    unsigned.agree(unsigned.yi, "100")
    with pytest.raises(MissingInput, match="预付给医疗机构"):
        unsigned.ask(MARCH)
    with pytest.raises(TransitionRefused, match="已于 2026-12-31 结束"):
        unsigned.ask(at=noon(12, 31) + timedelta(days=1))
    for office in (unsigned.agency, unsigned.jia, unsigned.seller):
        with pytest.raises(NotYours):
            ask_prepayments(
                year=unsigned.year, pool=unsigned.pool, **unsigned.acting(office, at=FIRST)
            )
    with pytest.raises(NotYours):
        ask_prepayments(
            year=trade.year, pool=trade.pool, **unsigned.acting(unsigned.bureau, "clerk", FIRST)
        )


@pytest.mark.parametrize(
    "change",
    [
        "state = 'paid'",
        "state = 'approved'",
        "state = 'approved', first_by_id = asked_by_id",
        "state = 'approved', first_by_id = 1, needs_two = TRUE",
        "first_by_id = 1, second_by_id = 1",
    ],
)
def test_database_refuses_side_doors(change: str) -> None:
    trade = Prepaying(jia="10")
    trade.ask()
    with (
        pytest.raises((IntegrityError, Exception), match=r"prepayment|transition|Invalid"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE settlement_prepayment SET {change}")
