"""A pool with two hospitals, a maker that also delivers and a distributor, trading selected goods."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.audit.record import SystemActor
from core.workdays.deadlines import SHANGHAI
from organisations.models import Organisation, User
from organisations.queries.scope import scope_of
from policy.models import Policy
from procurement.models import OrderLine, Receipt, Return
from settlement.models import Statement, StatementLine
from settlement.operations.statements.answer import answer_statement, confirm_statement
from settlement.operations.statements.approve import approve_statement, review_statement
from settlement.operations.statements.draft import draft_statements
from settlement.queries.facts import facts, whereabouts
from tests.factories import catalog as make
from tests.factories import organisations as people
from tests.factories import stages
from tests.factories.stages import Parties

CLOCK = SystemActor("定时任务")
MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


def noon(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=SHANGHAI)


class Trade:
    """10 packs at 4 yuan an order unless said otherwise; people by office, one for each role."""

    def __init__(self, policy: str = "jiangxi-2024") -> None:
        county = people.county()
        assert county.parent
        self.city = county.parent
        self.pool = people.pool(self.city)
        self.jia, self.yi = (
            people.organisation(name=name, region=county, pool=self.pool)
            for name in ("甲医院", "乙医院")
        )
        self.maker = people.organisation("enterprise", is_manufacturer=True, is_distributor=True)
        self.seller = people.organisation(
            "enterprise", name="配送企业", is_manufacturer=False, is_distributor=True
        )
        self.bureau = people.organisation("bureau", region=self.city)
        self.agency = people.organisation("agency", region=self.city, pool=self.pool)
        self.batch = make.batch(
            policy=Policy.objects.get(code=policy),
            effective_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
        )  # fmt: skip
        group = make.group()
        self.product = make.product(manufacturer=self.maker, group=group, category="drug")
        make.selection(batch=self.batch, product=self.product, region=self.city)
        self.people: dict[tuple[int, str], User] = {}

    def acting(self, of: Organisation, who: str = "", at: datetime | None = None) -> dict[str, Any]:
        """`who` tells people of one office apart; each has every role."""
        key = (of.pk, who)
        if key not in self.people:
            roles = ("clerk", "reviewer", "leader", "accountant")
            made = people.person(of, *roles)
            rows = User.objects.select_related("organisation__region__parent__parent")
            self.people[key] = rows.get(pk=made.pk)
        user, moment = self.people[key], at or noon(4, 8)
        return {"by": user, "scope": scope_of(user, moment.date()), "at": moment}

    def receive(
        self, at: datetime, packs: str = "10", *, of: Organisation | None = None,
        seller: Organisation | None = None, price: str = "4", invoice: str = "FP1",
        line: OrderLine | None = None,
    ) -> Receipt:  # fmt: skip
        """An order line of its own (or `line` again), delivered and accepted at `at`."""
        of_three = Parties(of or self.jia, self.maker, seller or self.seller)
        if line is None:
            sent = at - timedelta(days=2)
            order = stages.order(of_three, sent_at=sent)
            line = stages.order_line(
                of_three, order=order, ordered_at=sent, product=self.product, batch=self.batch,
                packs=Decimal(packs), unit_price=Decimal(price), response="confirmed",
                responded_at=sent,
            )  # fmt: skip
        shipped = stages.delivery(
            line=line, packs=abs(Decimal(packs)), invoice_no=invoice, shipped_at=at, delivered_at=at,
            recorded_at=at,
        )  # fmt: skip
        return stages.receipt(
            line=line, delivery_id=shipped.pk, accepted_packs=Decimal(packs), received_at=at
        )

    def send_back(self, of: Receipt, packs: str, at: datetime) -> Return:
        line = OrderLine.objects.get(pk=of.line_id, ordered_at=of.ordered_at)
        return stages.returned(line=line, packs=Decimal(packs), returned_at=at)

    def correct(self, of: Receipt, packs: str, at: datetime) -> Receipt:
        line = OrderLine.objects.get(pk=of.line_id, ordered_at=of.ordered_at)
        return stages.receipt(
            line=line,
            delivery_id=of.delivery_id,
            receipt_no=2,
            accepted_packs=Decimal(packs),
            received_at=at,
        )

    def draft(self, month: date = MARCH, at: datetime | None = None) -> list[Statement]:
        return draft_statements(pool=self.pool, month=month, by=CLOCK, at=at or noon(4, 1))

    def confirm(self, row: Statement, disputes: dict[int, str] | None = None) -> Statement:
        return confirm_statement(statement=row, disputes=disputes or {}, **self.acting(row.payee))

    def verify(self, row: Statement, disputes: dict[int, str] | None = None) -> Statement:
        """By every institution that waits."""
        for check in row.checks.filter(state="waiting").select_related("institution"):
            own = {
                pk: words for pk, words in (disputes or {}).items()
                if StatementLine.objects.get(pk=pk).institution_id == check.institution_id
            }  # fmt: skip
            row = answer_statement(statement=row, disputes=own, **self.acting(check.institution))
        return row

    def approve(self, row: Statement, at: datetime | None = None) -> Statement:
        """Reviewed by one, approved by another, and by a third where the amount asks for it."""
        row = review_statement(statement=row, **self.acting(self.bureau, "clerk", at))
        while row.state in ("reviewed", "countersigned"):
            who = "first" if row.state == "reviewed" else "second"
            row = approve_statement(statement=row, **self.acting(self.bureau, who, at))
        return row

    def through(self, row: Statement, at: datetime | None = None) -> Statement:
        return self.approve(self.verify(self.confirm(row)), at)

    def check(self, until: date = date(2026, 12, 1)) -> Decimal:
        """Σ accepted − Σ returned, told by the stages alone, equals Σ of where it is; gives it.

        What is stated is told by the statements themselves, the rest by the query.
        """
        received = sum(
            (round_cent(r.accepted_packs * r.unit_price)
             for r in Receipt.objects.filter(pool=self.pool)), Decimal(0)
        )  # fmt: skip
        back = sum(
            (round_cent(t.packs * t.unit_price) for t in Return.objects.filter(pool=self.pool)),
            Decimal(0),
        )
        rows = Statement.objects.filter(pool=self.pool)
        stated = sum((s.total for s in rows.exclude(state="held")), Decimal(0))
        held = sum((s.total for s in rows.filter(state="held")), Decimal(0))
        found = facts(self.pool, since=date(2026, 1, 1), until=until)
        # No pack is stated twice, nor one that nobody accepted.
        assert all(0 <= each.stated_packs / each.packs <= 1 for each in found)
        now = whereabouts(found)
        assert now.net == received - back
        assert (now.stated, now.held) == (stated, held)
        assert now.net == now.stated + now.held + now.disputed + now.blocked + now.not_yet
        return now.net


def round_cent(amount: Decimal) -> Decimal:
    from decimal import ROUND_HALF_UP

    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
