"""Hand an application in, or take it back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from catalog.models import ApplicationItem, ProductApplication
from catalog.operations.applications.drafts import kept_values
from catalog.operations.applications.moving import ask, hold, hold_until, move, note, tell
from catalog.operations.applications.papers import missing_papers
from catalog.operations.applications.price_bounds import check_price
from catalog.queries.application_offices import Place, bureau_of, path_of, routes_of
from catalog.queries.application_target import current_values
from catalog.rules.applications.review import ACCEPT_DAYS
from core.operations import operation
from core.transitions import MissingInput, TransitionRefused
from core.workdays.deadlines import shanghai_day
from organisations.models import User
from organisations.queries.scope import Scope


@operation
def submit_application(
    *,
    application: ProductApplication,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ProductApplication:
    """Hand it in at the first office of its path, or, mended, at the one that returned it.

    The old values are written down as they are today. Raises MissingInput naming the papers that
    lack, WrongApplication for values that are wrong by now, TransitionRefused while another
    application of the kind is open for the same product.
    """
    try:
        with transaction.atomic():
            row = move("submit", application, by=by, at=at, scope=scope, seen_version=seen_version)
    except IntegrityError as error:
        raise TransitionRefused(
            f"{application.title}已有一件“{application.get_kind_display()}”申请在办，请等它办结或撤回它"
        ) from error
    missing = missing_papers(row)
    if missing:
        raise MissingInput(
            "papers", f"还缺材料：{'、'.join(missing)}；没有的请说明原因并提交替代材料"
        )
    values = dict(row.items.values_list("field", "after"))
    kept_values(row.kind, row.product, values, row.reason, at)
    check_price(row, shanghai_day(at))
    _freeze_before(row, at)
    _set_path(row, at)
    row.submitted_at, row.submitted_by_id, row.submitted_by_name = at, by.audit_id, by.audit_name
    row.publicity_from = row.publicity_to = row.effective_on = None
    row.effect_problem = ""
    office = bureau_of(_place(row).region(row.level))
    if office is None:
        raise TransitionRefused("没有办理该申请的医保局，请联系省级采购服务中心")
    due = hold(row, office=office, days_key=ACCEPT_DAYS, at=at)
    note(row, "submit", by=by, at=at, text=row.reason)
    ask(row, office.pk, "accept_application", "受理挂网申请", due, at)
    tell(row, f"已提交，由{office.name}受理", at)
    return row


@operation
def withdraw_application(
    *,
    application: ProductApplication,
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ProductApplication:
    """The applicant takes it back before it is published; the catalogue stays as it is."""
    row = move("withdraw", application, by=by, at=at, scope=scope, seen_version=seen_version)
    hold_until(row, None, office=None, at=at)
    note(row, "withdraw", by=by, at=at)
    return row


def _freeze_before(row: ProductApplication, at: datetime) -> None:
    before = current_values(row.kind, row.product, shanghai_day(at))
    items = list(row.items.all())
    for item in items:
        item.before, item.finding = before.get(item.field, ""), ""
    ApplicationItem.objects.bulk_update(items, ["before", "finding"])
    row.papers.update(finding="")


def _set_path(row: ProductApplication, at: datetime) -> None:
    """The offices as they are today; a returned one goes back to the level that returned it."""
    levels = routes_of(row.province, shanghai_day(at))[row.kind]
    row.path = path_of(_place(row), levels)
    if row.level not in row.path:
        row.level = row.path[0]


def _place(row: ProductApplication) -> Place:
    return Place(row.province, row.city, row.county)
