"""Prepayments of the demonstration: some wait for approval, some for payment, some are being used."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from catalog.models import AgreementYear
from core.audit.record import SystemActor
from core.operations import operation
from core.transitions import Refusal
from core.workdays.deadlines import shanghai_day
from organisations.models import Pool, User
from settlement.models import Prepayment
from settlement.operations.demo_cast import WRITER, account_named, acting, colleague
from settlement.operations.prepayments.ask import ask_prepayments
from settlement.operations.prepayments.decide import approve_prepayment
from settlement.operations.prepayments.offset import follow_prepayments
from settlement.operations.prepayments.pay import pay_prepayment
from settlement.queries.prepay_terms import prepay_terms

CLOCK = SystemActor(audit_name="演示数据")
CAST = ("city", "agency")
EARLIER = timedelta(days=100)


@operation
def create_demo_prepayments(*, at: datetime) -> int:
    """Of the demo city's pool, in the first running year whose policy prepays; asked 100 days ago.

    Every third waits for approval, every third for payment, the others are paid and offset by
    what was accepted since. Gives the number of requests, 0 the second time.
    """
    people = account_named(*CAST)
    if set(people) != set(CAST) or Prepayment.objects.exists():
        return 0
    pool = Pool.objects.filter(region=people["city"].organisation.region_id).first()
    then = at - EARLIER
    if pool is None:
        return 0
    try:
        with transaction.atomic():
            return _make(people, pool, then, at)
    except Refusal:
        # What a province's data lacks for a step leaves the list empty.
        return 0


def _make(people: dict[str, User], pool: Pool, then: datetime, at: datetime) -> int:
    on = shanghai_day(then)
    running = AgreementYear.objects.filter(starts_on__lte=on, ends_on__gt=shanghai_day(at))
    years = running.select_related("batch__policy").order_by("batch__code")
    year = next((each for each in years if prepay_terms(each.batch, on)), None)
    if year is None:
        return 0

    writer = colleague(WRITER, people["city"].organisation, then)
    made = ask_prepayments(year=year, pool=pool, **acting(writer, then))
    for place, row in enumerate(made):
        if place % 3 == 0:
            continue
        approved = approve_prepayment(prepayment=row, **acting(people["city"], then))
        if place % 3 == 2 and approved.state == "approved":
            pay_prepayment(prepayment=approved, paid_on=on, **acting(people["agency"], then))
    follow_prepayments(on=shanghai_day(at), by=CLOCK, at=at)
    return len(made)
