"""The offices take an application in, pass it on, publish it, approve, return or refuse it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from catalog.models import ApplicationItem, ApplicationPaper, ProductApplication
from catalog.operations.applications.effect import take_effect
from catalog.operations.applications.moving import (
    ask,
    hold,
    hold_until,
    level_words,
    move,
    note,
    tell,
)
from catalog.operations.applications.price_bounds import check_price
from catalog.queries.application_objections import objection_counts
from catalog.queries.application_offices import Place, bureau_of, deadline_of
from catalog.rules.applications.review import (
    MEND_DAYS,
    PUBLICITY_DAYS,
    REVIEW_DAYS,
    may_conclude,
    may_take_effect_on,
)
from core.audit.record import Actor
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def accept_application(
    *,
    application: ProductApplication,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ProductApplication:
    """受理: complete in form; the office's review begins."""
    row = move("accept", application, by=by, at=at, scope=scope, seen_version=seen_version)
    due = hold(row, office=row.office, days_key=REVIEW_DAYS, at=at)
    note(row, "accept", by=by, at=at)
    ask(row, row.office_id or 0, "review_application", "审核挂网申请", due, at)
    tell(row, f"已受理，{due.day:%Y-%m-%d} 前审核", at)
    return row


@operation
def forward_application(
    *,
    application: ProductApplication,
    by: User,
    scope: Scope,
    at: datetime,
    opinion: str = "",
    seen_version: int | None = None,
) -> ProductApplication:
    """This level agrees; the next one of the path reviews."""
    row = move("forward", application, by=by, at=at, scope=scope, seen_version=seen_version)
    level = row.path[row.path.index(row.level) + 1]
    office = bureau_of(Place(row.province, row.city, row.county).region(level))
    if office is None:
        raise TransitionRefused(f"没有{level_words(level)}医保局可转报，请联系省级采购服务中心")
    due = hold(row, office=office, days_key=REVIEW_DAYS, at=at, level=level)
    note(row, "forward", by=by, at=at, text=opinion.strip())
    ask(row, office.pk, "review_application", "审核挂网申请", due, at)
    tell(row, f"已转报{office.name}审核", at)
    return row


@operation
def publish_application(
    *,
    application: ProductApplication,
    effective_on: date,
    by: User,
    scope: Scope,
    at: datetime,
    opinion: str = "",
    seen_version: int | None = None,
) -> ProductApplication:
    """The last level agrees: it is open to objections for the publicity's working days.

    `effective_on` is the day from which it shall hold, after the publicity.
    """
    today = shanghai_day(at)
    window = deadline_of(application.province, PUBLICITY_DAYS, at)
    allowed = may_take_effect_on(effective_on, publicity_to=window.day, today=today)
    if not allowed:
        raise MissingInput("effective_on", allowed.reason, allowed.clause)
    check_price(application, effective_on)
    days = {"publicity_from": today, "publicity_to": window.day, "effective_on": effective_on}
    row = move(
        "publish", application, by=by, at=at, scope=scope, seen_version=seen_version,
        inputs={name: day.isoformat() for name, day in days.items()},
    )  # fmt: skip
    row.publicity_from, row.publicity_to, row.effective_on = today, window.day, effective_on
    row.due_provisional = window.provisional
    hold_until(row, window.day, office=row.office, at=at)
    note(row, "publish", by=by, at=at, text=opinion.strip())
    tell(row, f"审核通过，公示至 {window.day:%Y-%m-%d}", at)
    return row


@operation
def approve_application(
    *,
    application: ProductApplication,
    by: Actor,
    scope: Scope | None,
    at: datetime,
    effective_on: date | None = None,
    opinion: str = "",
    seen_version: int | None = None,
) -> ProductApplication:
    """Approved for a day; on that day it takes effect by itself, at once where it is today.

    Without a scope the clock approves what was published without objection. A day that passed
    while an objection was ruled on becomes today.
    """
    today = shanghai_day(at)
    row: ProductApplication
    # A savepoint: what a rule refuses is undone in any caller's transaction.
    with transaction.atomic():
        day = effective_on or max(application.effective_on or today, today)
        row = move(
            "approve", application, by=by, at=at, scope=scope, seen_version=seen_version,
            inputs={"effective_on": day.isoformat()},
        )  # fmt: skip
        counts = objection_counts(row)
        over = may_conclude(
            on=today, publicity_to=row.publicity_to, open_count=counts.open, upheld=counts.upheld
        )
        if not over:
            raise TransitionRefused.of(over)
        allowed = may_take_effect_on(day, publicity_to=row.publicity_to, today=today)
        if not allowed:
            raise MissingInput("effective_on", allowed.reason, allowed.clause)
        row.effective_on = day
        # The office that approved mends what keeps it from taking effect.
        hold_until(row, day, office=row.office, at=at)
        note(row, "approve", by=by, at=at, text=opinion.strip())
        tell(row, f"审核通过，{day:%Y-%m-%d} 生效", at)
    return take_effect(application=row, at=at) if day <= today else row


@operation
def return_application(
    *,
    application: ProductApplication,
    opinion: str,
    findings: Mapping[str, str],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ProductApplication:
    """Back to the applicant with reasons by item and by paper (`paper:` and its code)."""
    row = move(
        "return", application, by=by, at=at, scope=scope, seen_version=seen_version,
        inputs={"opinion": opinion.strip()},
    )  # fmt: skip
    _write_findings(row, findings)
    due = hold(row, office=None, days_key=MEND_DAYS, at=at)
    note(row, "return", by=by, at=at, text=row.opinion)
    ask(row, row.organisation_id, "mend_application", "补正挂网申请", due, at)
    tell(row, f"退回补正，请在 {due.day:%Y-%m-%d} 前重新提交", at, body=row.opinion)
    return row


@operation
def refuse_application(
    *,
    application: ProductApplication,
    opinion: str,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ProductApplication:
    """For good, with the reason; the applicant may file anew."""
    row = move(
        "refuse", application, by=by, at=at, scope=scope, seen_version=seen_version,
        inputs={"opinion": opinion.strip()},
    )  # fmt: skip
    hold_until(row, None, office=None, at=at)
    note(row, "refuse", by=by, at=at, text=row.opinion)
    tell(row, "不予通过", at, body=row.opinion)
    return row


def _write_findings(row: ProductApplication, findings: Mapping[str, str]) -> None:
    said = {name: text.strip()[:300] for name, text in findings.items() if text.strip()}
    items = {item.field: item for item in row.items.all()}
    papers = {f"paper:{paper.paper}": paper for paper in row.papers.all()}
    unknown = set(said) - set(items) - set(papers)
    if unknown:
        raise MissingInput("findings", f"逐项意见中有不认识的项目：{'、'.join(sorted(unknown))}")
    for name, item in items.items():
        item.finding = said.get(name, "")
    for name, paper in papers.items():
        paper.finding = said.get(name, "")
    ApplicationItem.objects.bulk_update(items.values(), ["finding"])
    ApplicationPaper.objects.bulk_update(papers.values(), ["finding"])
