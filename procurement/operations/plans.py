"""Make a 采购计划 from the institution's figures, fill it, approve it, and order it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.urls import reverse

from catalog.models import Product
from catalog.operations.hospital_items.put import stamps_of
from core.audit.record import record
from core.operations import operation
from core.transitions import MissingInput, NotYours, StaleVersion, TransitionRefused
from core.workdays.deadlines import shanghai_day
from inbox.operations.tasks import NewTask, finish_tasks, open_tasks
from organisations.models import User
from organisations.queries.scope import Scope
from procurement.models import PlanLine, ProcurementPlan, ReceivingPlace
from procurement.operations.order_checks import check_rows
from procurement.operations.order_row import OrderRow
from procurement.operations.place_orders import Placed, place_orders
from procurement.queries.ordering import APPROVERS, may_order
from procurement.queries.planning import need_of, needs, plan_standings, usual_delivery_days
from procurement.rules.ordering import MOST_LINES, packs_fault
from procurement.rules.planning import LONGEST_COVER, SHORTEST_COVER, suggested
from procurement.states.plan import CLAUSE, EDITABLE, PLAN_MACHINE

OBJECT_TYPE = PLAN_MACHINE.name
CENT = Decimal("0.01")


@dataclass(frozen=True)
class PlanChange:
    """One product: what is set; None leaves it. `stock` is what was counted, in packs."""

    product: Product
    packs: Decimal | None = None
    stock: Decimal | None = None
    reason: str | None = None


@operation
def make_plan(
    *, cover_days: int, urgent: bool, note: str, by: User, scope: Scope, at: datetime
) -> ProcurementPlan:
    """A plan of the own institution with today's figures and the suggested packs of each product.

    cover_days: how long the stock shall last after delivery, 1 to 365. Raises NotYours,
    MissingInput.
    """
    if not may_order(scope):
        raise NotYours("采购计划由医疗机构的经办、审核人员或负责人编制", CLAUSE)
    if not SHORTEST_COVER <= cover_days <= LONGEST_COVER:
        raise MissingInput(
            "cover_days", f"备货天数为 {SHORTEST_COVER} 至 {LONGEST_COVER} 天", CLAUSE
        )
    on = shanghai_day(at)
    stamps: dict[str, Any] = stamps_of(by.organisation)
    plan = ProcurementPlan.objects.create(
        **stamps, planned_on=on, cover_days=cover_days, urgent=urgent, note=note.strip()[:500],
        made_at=at, maker_name=by.audit_name, changed_at=at, changed_by_id=by.audit_id,
        changed_by_name=by.audit_name, state_at=at, state_by_id=by.audit_id,
        state_by_name=by.audit_name,
    )  # fmt: skip
    plan.refresh_from_db()
    found = needs(by.organisation, on)
    PlanLine.objects.bulk_create(
        PlanLine(
            plan=plan, product_id=pk, daily_packs=need.daily, last_year_packs=need.last_year,
            under_way_packs=need.under_way, delivery_days=median,
            suggested_packs=suggested(need, cover_days), packs=suggested(need, cover_days),
        )
        for pk, (need, median) in found.items()
    )  # fmt: skip
    record(
        by=by, at=at, action="procurement_plan.make", object_type=OBJECT_TYPE, object_key=plan.pk,
        object_label=str(plan), clause=CLAUSE,
        detail={"cover_days": cover_days, "urgent": urgent, "lines": len(found)},
    )  # fmt: skip
    return plan


@operation
def change_plan(
    *,
    plan: ProcurementPlan,
    changes: Sequence[PlanChange],
    by: User,
    scope: Scope,
    at: datetime,
    seen_version: int | None = None,
) -> ProcurementPlan:
    """Set packs, counted stock or the clinical reason; a new stock makes a new suggestion.

    Where the packs still were the suggestion they follow it. A product that is not in the plan is
    added. All or none. Raises NotYours, TransitionRefused, StaleVersion, MissingInput.
    """
    row = _locked(plan)
    if not plan_standings(scope, row):
        raise NotYours("采购计划由本机构的经办、审核人员或负责人填写", CLAUSE)
    if row.state not in EDITABLE:
        raise TransitionRefused(
            f"采购计划 {row} 的状态为“{row.get_state_display()}”，不能再改；请退回或另编一份",
            CLAUSE,
        )
    if seen_version not in (None, row.row_version) and row.changed_by_id != by.audit_id:
        raise StaleVersion(
            f"采购计划 {row} 已由{row.changed_by_name}修改，请刷新看到最新内容后再填"
        )
    held = {line.product_id: line for line in row.lines.select_related("product")}
    spare = usual_delivery_days(row.institution, row.planned_on)
    known = (
        {} if all(c.product.pk in held for c in changes) else needs(row.institution, row.planned_on)
    )
    touched: list[PlanLine] = []
    for change in changes:
        line = held.get(change.product.pk) or _added(row, change.product, known)
        _set(line, change, row, spare)
        held[change.product.pk] = line
        touched.append(line)
    if not touched:
        return row
    if len(held) > MOST_LINES:
        raise MissingInput("packs", f"一份计划至多 {MOST_LINES} 个产品，请分成几份", CLAUSE)
    PlanLine.objects.bulk_update(
        [line for line in touched if line.pk],
        ["stock_packs", "suggested_packs", "packs", "clinical_reason"],
    )
    PlanLine.objects.bulk_create([line for line in held.values() if not line.pk])
    _note(row, by, at, [[c.product.code, _said(c.packs), _said(c.stock)] for c in changes])
    return row


@operation
def fill_plans(
    *,
    plans: Sequence[tuple[ProcurementPlan, Sequence[PlanChange]]],
    by: User,
    scope: Scope,
    at: datetime,
) -> None:
    """`change_plan` of several plans, all or none; in the order of their numbers."""
    for plan, changes in sorted(plans, key=lambda each: each[0].pk):
        change_plan(plan=plan, changes=changes, by=by, scope=scope, at=at)


@operation
def step_plan(
    *,
    plan: ProcurementPlan,
    verb: str,
    by: User,
    scope: Scope,
    at: datetime,
    return_reason: str = "",
    confirmed: bool = False,
    seen_version: int | None = None,
) -> ProcurementPlan:
    """`submit` (what cannot be ordered is said now), `approve`, `return`, `take_back` or `drop`."""
    held = _locked(plan)
    may = PLAN_MACHINE.verdict(PLAN_MACHINE.named(verb), held, plan_standings(scope, held))
    if verb == "submit" and may:
        amount = _amount(held, at, confirmed=confirmed)
        ProcurementPlan.objects.filter(pk=held.pk).update(amount=amount, checked=confirmed)
    row: ProcurementPlan
    row, _ = PLAN_MACHINE.perform(
        verb=verb, obj=held, by=by, at=at, seen_version=seen_version,
        inputs={"return_reason": return_reason.strip()},
        standings=lambda each: plan_standings(scope, each),
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[row.plan_no], at=at)
    if verb == "submit":
        _ask(row, "approve_plan", f"审批采购计划 {row}：{row.amount or 0:,} 元", APPROVERS, at)
    elif verb == "approve":
        _ask(row, "order_plan", f"采购计划 {row} 已审批，请下单", ("clerk",), at)
    elif verb == "return":
        _ask(row, "mend_plan", f"采购计划 {row} 被退回：{row.return_reason}", ("clerk",), at)
    return row


@operation
def order_plan(
    *, plan: ProcurementPlan, by: User, scope: Scope, at: datetime, seen_version: int | None = None
) -> Placed:
    """Turn an approved plan into orders under its number; again gives the same orders.

    It was approved inside, so the amount for approval asks for nothing more. Raises what
    place_orders raises (nothing changes then), MissingInput without a receiving place.
    """
    held = _locked(plan)
    place = (
        ReceivingPlace.objects.filter(institution=held.institution_id, is_open=True)
        .order_by("-is_default", "pk")
        .first()
    )
    again = held.state == ProcurementPlan.State.ORDERED
    if not again:
        PLAN_MACHINE.perform(
            verb="order", obj=held, by=by, at=at, seen_version=seen_version,
            standings=lambda each: plan_standings(scope, each),
        )  # fmt: skip
    if place is None:
        raise MissingInput("place", "还没有收货地点：请先在“收货地点”登记", CLAUSE)
    placed = place_orders(
        institution=held.institution, rows=_rows(held), client_no=held.plan_no,
        urgent=held.urgent, receiving_place=place.words, by=by, scope=scope, at=at, confirmed=True,
    )  # fmt: skip
    finish_tasks(object_type=OBJECT_TYPE, object_keys=[held.plan_no], at=at)
    return placed


def _locked(plan: ProcurementPlan) -> ProcurementPlan:
    rows = ProcurementPlan.objects.select_for_update(of=("self",))
    return rows.select_related("institution__region__parent__parent").get(pk=plan.pk)


def _rows(plan: ProcurementPlan) -> list[OrderRow]:
    lines = plan.lines.filter(packs__gt=0).select_related("product__manufacturer").order_by("pk")
    return [OrderRow(line.product, line.packs, reason=line.clinical_reason) for line in lines]


def _amount(plan: ProcurementPlan, at: datetime, *, confirmed: bool) -> Decimal:
    """At today's prices, yuan; raises where a row cannot be ordered."""
    rows = _rows(plan)
    if not rows:
        raise MissingInput("packs", "计划里没有要采购的数量：请先填写计划包装数", CLAUSE)
    checked = check_rows(
        institution=plan.institution, rows=rows, urgent=plan.urgent, at=at, confirmed=confirmed
    )
    total = sum((row.packs * row.price for row in checked), Decimal(0))
    return total.quantize(CENT, ROUND_HALF_UP)


def _set(line: PlanLine, change: PlanChange, plan: ProcurementPlan, spare: Decimal) -> None:
    """What the change says, into the line; raises MissingInput for numbers that cannot be."""
    for words, value in (("库存", change.stock), ("计划", change.packs)):
        if value is not None and value < 0:
            raise MissingInput("packs", f"{change.product}：{words}包装数不能为负", CLAUSE)
    if change.packs and (fault := packs_fault(change.packs)):
        raise MissingInput("packs", f"{change.product}：{fault}", CLAUSE)
    follows = line.packs == line.suggested_packs
    if change.stock is not None:
        line.stock_packs = change.stock
        line.suggested_packs = suggested(need_of(line, plan, spare), plan.cover_days)
        line.packs = line.suggested_packs if follows else line.packs
    if change.packs is not None:
        line.packs = change.packs
    if change.reason is not None:
        line.clinical_reason = change.reason.strip()[:500]


def _added(plan: ProcurementPlan, product: Product, known: dict[int, Any]) -> PlanLine:
    """A line for a product that the plan did not start with; nothing is suggested."""
    need, median = known.get(product.pk, (None, None))
    return PlanLine(
        plan=plan, product=product, daily_packs=need.daily if need else 0,
        last_year_packs=need.last_year if need else 0,
        under_way_packs=need.under_way if need else 0, delivery_days=median,
        suggested_packs=suggested(need, plan.cover_days) if need else Decimal(0), packs=Decimal(0),
    )  # fmt: skip


def _note(plan: ProcurementPlan, by: User, at: datetime, changes: list[Any]) -> None:
    plan.changed_at, plan.changed_by_id, plan.changed_by_name = at, by.audit_id, by.audit_name
    plan.row_version += 1
    plan.save(update_fields=["changed_at", "changed_by_id", "changed_by_name", "row_version"])
    record(
        by=by, at=at, action="procurement_plan.change", object_type=OBJECT_TYPE,
        object_key=plan.pk, object_label=str(plan), detail={"changes": changes},
    )  # fmt: skip


def _said(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _ask(plan: ProcurementPlan, act: str, title: str, roles: tuple[str, ...], at: datetime) -> None:
    task = NewTask(
        organisation_id=plan.institution_id, act=act, title=title, object_type=OBJECT_TYPE,
        object_key=plan.plan_no, url=reverse("plan", args=[plan.plan_no]), roles=roles,
    )  # fmt: skip
    open_tasks(tasks=[task], at=at)
