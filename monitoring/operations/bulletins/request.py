"""Ask for a draft: by an officer for a period, by the clock for what has ended."""

from __future__ import annotations

from datetime import date, datetime

from core.audit.record import Actor
from core.jobs.enqueue import enqueue
from core.jobs.models import Job
from core.operations import operation
from core.transitions import MissingInput
from monitoring.indicators.cut import SHANGHAI, add_months
from monitoring.models import Bulletin, ComputedMonth
from monitoring.operations.bulletins.draft import may_draft
from monitoring.queries.bulletin_period import check_first, months_of, period_end
from monitoring.queries.months import MalformedMonth, parse_month
from organisations.models import Organisation, User
from organisations.queries.scope import Scope

DRAFT_BULLETIN = "draft_bulletin"
# What the clock drafts by itself; yearly and the cities' own are asked for.
BY_CLOCK = ("monthly", "enterprise")


@operation
def request_draft(*, kind: str, month: str, by: User, scope: Scope, at: datetime) -> Job:
    """Queue the draft of the own bureau; the open job of it where there is one."""
    may_draft(scope, kind)
    try:
        first = parse_month(month)
    except MalformedMonth as error:
        raise MissingInput("month", str(error)) from error
    check_first(kind, first)
    if period_end(kind, first) >= at.astimezone(SHANGHAI).date():
        raise MissingInput("month", "该期间尚未结束，不能起草通报：请选择已结束的期间")
    return _queue(kind, first, scope.organisation_id, by, at, scope.province_code)


@operation
def request_due_drafts(*, by: Actor, at: datetime) -> list[Job]:
    """Queue what ended last month and is neither drafted nor under way; asked daily."""
    today = at.astimezone(SHANGHAI).date()
    jobs = []
    bureaus = Organisation.objects.filter(
        kind="bureau", region__level="province", is_active=True
    ).select_related("region")
    for bureau in bureaus.order_by("code"):
        for kind in BY_CLOCK:
            first = last_period(kind, today)
            months = months_of(first, period_end(kind, first))
            there = ComputedMonth.objects.filter(
                province_id=bureau.region_id, month__in=months,
                computed_at__date__gte=add_months(months[-1], 1),
            )  # fmt: skip
            done = Bulletin.objects.filter(
                issuer=bureau, kind=kind, period_from=first, corrects__isnull=True
            )
            if there.count() == len(months) and not done.exists():
                code = bureau.region.code if bureau.region else ""
                jobs.append(_queue(kind, first, bureau.pk, by, at, code))
    return jobs


def last_period(kind: str, today: date) -> date:
    """The first day of the last ended period of the kind."""
    length = 1 if kind in ("monthly", "own") else 3
    this = date(today.year, (today.month - 1) // length * length + 1, 1)
    return add_months(this, -length)


def _queue(kind: str, first: date, issuer: int, by: Actor, at: datetime, province: str) -> Job:
    return enqueue(
        kind=DRAFT_BULLETIN, key=f"{kind}:{issuer}:{first:%Y-%m}",
        arguments={"kind": kind, "first": first.isoformat(), "issuer": issuer},
        by=by, at=at, province_code=province,
    )  # fmt: skip
