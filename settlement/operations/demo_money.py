"""Money in the demonstration: statements of two months, of what the province has not paid yet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from core.audit.record import SystemActor
from core.operations import operation
from core.transitions import Refusal
from core.workdays.deadlines import shanghai_day
from organisations.models import Pool, User
from organisations.queries.scope import scope_of
from settlement.models import Statement
from settlement.operations.statements.answer import confirm_statement
from settlement.operations.statements.draft import draft_statements
from settlement.queries.facts import month_after

CLOCK = SystemActor(audit_name="演示数据")
CAST = ("distributor", "manufacturer")


@operation
def create_demo_money(*, at: datetime) -> int:
    """The two months before this one; gives the number of statements, 0 the second time.

    Of all pools with receipts that nobody has paid yet. The older one of a demo enterprise is
    confirmed by it; the others wait for their payees.
    """
    rows = User.objects.select_related("organisation__region__parent__parent", "organisation__pool")
    people = {user.username: user for user in rows.filter(username__in=CAST)}
    if set(people) != set(CAST) or Statement.objects.exists():
        return 0
    this = shanghai_day(at).replace(day=1)
    older, newer = month_after(this, -2), month_after(this, -1)
    made = 0
    for pool in Pool.objects.select_related("region").order_by("code"):
        made += len(draft_statements(pool=pool, month=older, by=CLOCK, at=at))
        made += len(draft_statements(pool=pool, month=newer, by=CLOCK, at=at))
    try:
        with transaction.atomic():
            _settle(older, people, at)
    except Refusal:
        # What a province's data lacks for a step (a value, a number) leaves all where it waits.
        pass
    return made


def _settle(month: date, people: dict[str, User], at: datetime) -> None:
    own = {people[name].organisation_id: people[name] for name in ("distributor", "manufacturer")}
    for row in Statement.objects.filter(month=month, payee__in=own, state="drafted"):
        by = own[row.payee_id]
        acting: dict[str, Any] = {"by": by, "scope": scope_of(by, shanghai_day(at)), "at": at}
        confirm_statement(statement=row, disputes={}, invoice_no=f"FP{month:%Y%m}", **acting)
