"""Money in the demonstration: three months of the city's pool in every state, one of the others."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from core.audit.record import SystemActor
from core.operations import operation
from core.transitions import Refusal
from core.workdays.deadlines import SHANGHAI, shanghai_day
from organisations.models import Pool, User
from settlement.models import BankOrder, Statement
from settlement.operations.demo_cast import (
    ACCOUNTANT,
    SECOND,
    SELLER,
    WRITER,
    account_named,
    acting,
    colleague,
)
from settlement.operations.statements.answer import (
    answer_statement,
    confirm_statement,
    pass_over_overdue,
)
from settlement.operations.statements.approve import approve_statement, review_statement
from settlement.operations.statements.bank import export_bank_orders, read_bank_answer
from settlement.operations.statements.bank_rows import BankRow
from settlement.operations.statements.draft import draft_statements
from settlement.queries.facts import month_after

CLOCK = SystemActor(audit_name="演示数据")
CAST = ("distributor", "manufacturer", "city", "agency", "hospital")
# What becomes of a month's statements, those of the demonstration's own enterprises first.
OLDEST = ("paid", "part_paid", "returned", "closed")
MIDDLE = ("approved", "reviewed", "answered")
NEWEST = ("drafted", "confirmed")
THE_OTHERS = {OLDEST: "paid"}
"""What becomes of the statements after those."""
ANSWERING = 8
"""Institutions of a statement that answer; the others are silent and passed over."""


@operation
def create_demo_money(*, at: datetime) -> int:
    """Of all pools with receipts that nobody has paid yet; gives the number of statements, 0 the
    second time. A step that the province's data do not allow leaves a statement where it waits.
    """
    people = account_named(*CAST)
    if set(people) != set(CAST) or Statement.objects.exists():
        return 0
    this = shanghai_day(at).replace(day=1)
    own = Pool.objects.filter(region=people["city"].organisation.region_id).first()
    made = 0
    for back, targets in ((3, OLDEST), (2, MIDDLE), (1, NEWEST)):
        month = month_after(this, -back)
        then = min(_day(month_after(month), 1), at)
        for pool in Pool.objects.select_related("region").order_by("code"):
            if pool == own or back == 1:
                made += len(draft_statements(pool=pool, month=month, by=CLOCK, at=then))
        if own is not None:
            _bring_on(own, month, targets, people, at)
    return made


def _day(month: date, day: int) -> datetime:
    """Ten in the morning."""
    return datetime(month.year, month.month, 1, 10, tzinfo=SHANGHAI) + timedelta(days=day - 1)


def _bring_on(
    pool: Pool, month: date, targets: tuple[str, ...], people: dict[str, User], at: datetime
) -> None:
    """The first statements of a pool's month, each to its own end, on the days that it would take."""
    mine = [people[name].organisation_id for name in ("distributor", "manufacturer")]
    rows = list(
        Statement.objects.select_related("pool", "payee").filter(
            pool=pool, month=month, state="drafted", mode=Statement.Mode.FUND
        ).order_by("payee__code")
    )  # fmt: skip
    # Those of which codes block everything come last: there is nothing to pay of them.
    rows.sort(
        key=lambda row: (
            row.total <= 0, mine.index(row.payee_id) if row.payee_id in mine else len(mine)
        )
    )  # fmt: skip
    more = [THE_OTHERS[targets]] * len(rows) if targets in THE_OTHERS else []
    chosen = list(zip(rows, [*targets, *more], strict=False))
    first = month_after(month)
    for row, target in chosen:
        if target != "drafted":
            _tried(
                lambda row=row, target=target: _confirm(
                    row, target, people, min(_day(first, 3), at)
                )
            )
    if "confirmed" not in targets:
        late = min(_day(first, 16), at)
        pass_over_overdue(on=shanghai_day(late), by=CLOCK, at=late)
    for row, target in chosen:
        if target not in ("drafted", "confirmed", "answered"):
            _tried(
                lambda row=row, target=target: _approve(
                    row, target, people, min(_day(first, 18), at)
                )
            )
    if "paid" in targets:
        # Ten days after it was due: the demonstration's months warn of it.
        _tried(lambda: _pay(chosen, people, min(_day(first, 40), at)))


def _tried(step: object) -> None:
    try:
        with transaction.atomic():
            step()  # type: ignore[operator]
    except Refusal:
        pass


def _confirm(row: Statement, target: str, people: dict[str, User], at: datetime) -> None:
    """By the payee; then by the demonstration's hospital and some others."""
    accounts = {user.organisation_id: user for user in people.values()}
    seller = accounts.get(row.payee_id) or colleague(SELLER, row.payee, at)
    disputes: dict[int, str] = {}
    if target == "closed":
        lines = row.lines.filter(state="live").values_list("pk", flat=True)
        disputes = dict.fromkeys(lines, "随货同行单与收货数量不一致，核对后再结算")
    row = confirm_statement(
        statement=row, disputes=disputes, invoice_no=f"FP{row.month:%Y%m}", **acting(seller, at)
    )
    if target == "confirmed":
        return
    waiting = row.checks.filter(state="waiting").select_related("institution")
    for check in waiting.order_by("institution__code")[:ANSWERING]:
        known = accounts.get(check.institution_id)
        by = known or colleague(ACCOUNTANT, check.institution, at)
        answer_statement(statement=row, disputes={}, **acting(by, at + timedelta(days=1)))
    hospital = people["hospital"]
    if row.checks.filter(state="waiting", institution=hospital.organisation_id).exists():
        answer_statement(statement=row, disputes={}, **acting(hospital, at + timedelta(days=1)))


def _approve(row: Statement, target: str, people: dict[str, User], at: datetime) -> None:
    """Reviewed by a colleague of the city's account, who approves; a third one where it takes two."""
    city = people["city"]
    writer = colleague(WRITER, city.organisation, at)
    row = review_statement(statement=row, **acting(writer, at))
    if target == "reviewed" or row.state != "reviewed":
        return
    row = approve_statement(statement=row, **acting(city, at))
    if row.state == "countersigned":
        second = colleague(SECOND, city.organisation, at)
        approve_statement(statement=row, **acting(second, at))


def _pay(chosen: list[tuple[Statement, str]], people: dict[str, User], at: datetime) -> None:
    """The bank pays one whole, one in part, and gets one back."""
    targets = {row.pk: target for row, target in chosen}
    payer = acting(people["agency"], at)
    orders = export_bank_orders(**payer)
    rows = [_said(order, targets.get(order.statement_id, ""), at) for order in orders]
    read_bank_answer(rows=rows, apply=True, **payer)
    back = [
        BankRow(
            number=1, order_no=order.order_no, amount=order.amount, paid_on=shanghai_day(at),
            bank_ref=f"TH{order.order_no}", succeeded=False, returned=True, words="收款户名不符",
        )
        for order in orders if targets.get(order.statement_id) == "returned"
    ]  # fmt: skip
    read_bank_answer(rows=back, apply=True, **payer)


def _said(order: BankOrder, target: str, at: datetime) -> BankRow:
    half = (order.amount / 2).quantize(Decimal("0.01"))
    return BankRow(
        number=1, order_no=order.order_no, amount=half if target == "part_paid" else order.amount,
        paid_on=shanghai_day(at), bank_ref=f"LS{order.order_no}", succeeded=True,
    )  # fmt: skip
