"""The figures that a plan starts from, and whose plans one sees."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from contracts.models import AgreementLine
from core.transitions import Verdict
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.queries.visibility import within
from procurement.models import PlanLine, ProcurementPlan
from procurement.queries.line_hours import line_hours
from procurement.queries.order_sight import province_of
from procurement.queries.order_values import OrderValues
from procurement.queries.ordering import APPROVERS, BUYERS, may_order, own_affair
from procurement.rules.planning import DELIVERY_SPAN_DAYS, PLAN_LINES, USE_DAYS, Need
from procurement.states.order_line import UNDER_WAY
from procurement.states.plan import APPROVER, CLAUSE, PLANNER

SQL = (Path(__file__).parent / "planning.sql").read_text(encoding="utf-8")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def visible_plans(scope: Scope) -> QuerySet[ProcurementPlan]:
    """A plan is the institution's own affair until it is ordered."""
    return within(scope, ProcurementPlan.objects.all(), own_affair(scope))


def visible_plan_lines(scope: Scope) -> QuerySet[PlanLine]:
    return within(scope, PlanLine.objects.all(), own_affair(scope, "plan__institution_id"))


def plans_exist(scope: Scope) -> bool:
    """Plans are the affair of institutions; others have no such page."""
    return scope.is_business and scope.kind == "institution"


def may_plan(scope: Scope) -> Verdict:
    words = "采购计划由本机构的经办、审核人员或负责人办理"
    return Verdict(True) if may_order(scope) else Verdict(False, words, CLAUSE)


def plan_standings(scope: Scope, plan: ProcurementPlan) -> frozenset[str]:
    if scope.kind != "institution" or plan.institution_id not in scope.institution_ids:
        return frozenset()
    held = {PLANNER} if scope.has_role(*BUYERS) else set()
    if scope.has_role(*APPROVERS):
        held.add(APPROVER)
    return frozenset(held)


def usual_delivery_days(institution: Organisation, on: date) -> Decimal:
    """The delivery deadline in days: what is reckoned with where nothing was delivered yet."""
    hours = line_hours((), OrderValues(province_of(institution), on))[None]
    return (hours.delivery / 24).quantize(Decimal("0.1"))


def needs(institution: Organisation, on: date) -> dict[int, tuple[Need, Decimal | None]]:
    """By product id what the institution used, has under way and how long delivery takes.

    Products with an agreement of the running year, and those that it took in the last 90 days or in
    the same month of last year, or that are under way; packs. The second value is the median of the
    own deliveries in days, None where there were none. Stock is the institution's to say. Three
    queries for any number.
    """
    agreed = AgreementLine.objects.filter(
        institution=institution, ended_at__isnull=True, batch__years__starts_on__lte=on,
        batch__years__ends_on__gte=on,
    ).values_list("product_id", flat=True)  # fmt: skip
    month = on.replace(year=on.year - 1, day=1)
    days = monthrange(month.year, month.month)[1]
    spare = usual_delivery_days(institution, on)
    parameters: dict[str, Any] = {
        "institution": institution.pk, "agreed": list(set(agreed)), "most": PLAN_LINES,
        "since": _start(on - timedelta(days=USE_DAYS)), "until": _start(on), "month": month,
        "month_from": _start(month), "month_to": _start(month + timedelta(days=days)),
        "carried_since": _start(on - timedelta(days=DELIVERY_SPAN_DAYS)),
        "under_way": list(UNDER_WAY),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SQL, parameters)
        rows = cursor.fetchall()
    return {
        pk: (
            Need(
                daily=(recent / USE_DAYS).quantize(Decimal("0.0001")), last_year=last_year,
                month_days=days, under_way=under_way,
                delivery_days=spare if carried is None else carried, stock=None,
            ),
            carried,
        )
        for pk, recent, last_year, under_way, carried in rows
    }  # fmt: skip


def need_of(line: PlanLine, plan: ProcurementPlan, spare: Decimal) -> Need:
    """The figures that a line keeps, with the stock that was said since."""
    month = plan.planned_on.replace(year=plan.planned_on.year - 1, day=1)
    return Need(
        daily=line.daily_packs, last_year=line.last_year_packs,
        month_days=monthrange(month.year, month.month)[1], under_way=line.under_way_packs,
        delivery_days=spare if line.delivery_days is None else line.delivery_days,
        stock=line.stock_packs,
    )  # fmt: skip


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
