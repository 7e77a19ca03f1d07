"""采购计划: the list, a new one, its sheet with the figures, its steps, and its orders."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.views.quality import OneFormView
from core.transitions import MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from procurement.filters.plans import PlanFilter
from procurement.forms.plans import NewPlanForm, PlanCells, PlanStepForm
from procurement.models import Order, ProcurementPlan
from procurement.operations.order_checks import OrderRefused
from procurement.operations.plans import PlanChange, change_plan, make_plan, order_plan, step_plan
from procurement.queries.order_sight import look_at
from procurement.queries.planning import (
    may_plan,
    need_of,
    plan_standings,
    plans_exist,
    usual_delivery_days,
    visible_plans,
)
from procurement.queries.visible import visible_orders
from procurement.rules.planning import METHOD
from procurement.states.plan import EDITABLE, PLAN_LEVELS, PLAN_MACHINE
from procurement.tables.plans import PLAN_COLUMNS

NAMED = ("institution__region__parent__parent",)
VERBS = ("save", "submit", "approve", "return", "take_back", "order", "drop")
ON_PAGE = {"submit": "plan-sheet", "approve": "plan-approval", "return": "plan-approval"}
HOLDERS = {
    "draft": "本机构经办人员", "returned": "本机构经办人员", "awaiting": "本机构审核人员或负责人",
    "approved": "本机构经办人员（下单）",
}  # fmt: skip


class PlanListView(FilteredListView):
    page_title = "采购计划"
    page_note = "按本机构自己的用量、已订未收、库存和配送天数测算；院内审批后按计划下单"
    filterset_class = PlanFilter
    columns = PLAN_COLUMNS
    default_sort = "-made"
    keyset = ("made_at", "id")
    route, export_route, sheet_name = "plans", "plans-export", "采购计划"
    bar = ("stage",)
    search_hint = "计划编号、机构名称"
    empty_text = "还没有采购计划。"

    def exists_for(self, scope: Scope) -> bool:
        return plans_exist(scope)

    def entry(self, scope: Scope) -> Verdict:
        return may_plan(scope)

    def everything(self, scope: Scope) -> QuerySet[ProcurementPlan]:
        return visible_plans(scope).select_related("institution")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = [
            {"label": "编制采购计划", "url": reverse("plan-new"), "kind": "primary"},
            {"label": "Excel 填写", "url": reverse("plan-upload")},
        ]
        return super().get_context_data(actions=actions, **kwargs)


class PlanExportView(ExportMixin, PlanListView):
    pass


class PlanNewView(OneFormView):
    page_title = "编制采购计划"
    page_note = METHOD
    form_class = NewPlanForm
    list_route, list_label = "plans", "采购计划"
    submit, done = "测算", "已按今天的数据测算，请填写库存并核对数量"

    def exists_for(self, scope: Scope) -> bool:
        return plans_exist(scope)

    def allowed(self, scope: Scope) -> Verdict:
        return may_plan(scope)

    def initial(self) -> dict[str, Any]:
        return {"cover_days": NewPlanForm.base_fields["cover_days"].initial}

    def make(self, values: dict[str, Any]) -> str:
        plan = make_plan(by=self.user, scope=self.scope, at=timezone.now(), **values)
        return reverse("plan", args=[plan.plan_no])


class PlanView(ScopedDetailView):
    template_name = "procurement/plan_detail.html"
    key_field = key = "plan_no"

    def exists_for(self, scope: Scope) -> bool:
        return plans_exist(scope)

    def entry(self, scope: Scope) -> Verdict:
        return may_plan(scope)

    def visible(self, scope: Scope) -> QuerySet[ProcurementPlan]:
        return visible_plans(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        plan: ProcurementPlan = kwargs["object"]
        cells: PlanCells | None = kwargs.pop("cells", None)
        now = timezone.now()
        lines = list(plan.lines.select_related("product__manufacturer", "product__group"))
        editable = plan.state in EDITABLE
        sights = look_at(plan.institution, [line.product for line in lines], now)
        spare = usual_delivery_days(plan.institution, plan.planned_on)
        rows: list[dict[str, Any]] = []
        for line in lines:
            need, sight = need_of(line, plan, spare), sights[line.product_id]
            price = sight.supply.price
            rows.append(
                {
                    "line": line, "need": need, "sight": sight, "price": price,
                    "cover": need.cover_left, "amount": line.packs * price if price else None,
                    "blocking": [o.text for o in sight.obstacles if o.blocks],
                    "abnormal": sight.abnormal_words(line.product, line.packs) if editable else "",
                    "typed": cells.typed.get(line.pk) if cells else None,
                    "wrong": cells.wrong.get(line.pk, "") if cells else "",
                }
            )  # fmt: skip
        offers = PLAN_MACHINE.offers(plan, plan_standings(self.scope, plan))
        orders: list[Order] = []
        if plan.state == ProcurementPlan.State.ORDERED:
            own = visible_orders(self.scope).filter(institution=plan.institution)
            orders = list(own.filter(submission_no=plan.plan_no).order_by("pk")[:50])
        return super().get_context_data(
            **{
                "rows": rows,
                "spare": spare,
                "editable": editable,
                "method": METHOD,
                "level": PLAN_LEVELS[plan.state],
                "who": HOLDERS.get(plan.state, ""),
                "total": sum((row["amount"] or 0 for row in rows), 0),
                "count": sum(1 for line in lines if line.packs),
                "abnormal": [row["abnormal"] for row in rows if row["abnormal"] and editable],
                "unsaid": sum(1 for line in lines if line.stock_packs is None),
                "verbs": {offer.transition.verb for offer in offers if offer.verdict.ok},
                "offered": offered_actions(
                    offers, url=lambda verb: reverse("plan-act", args=[plan.plan_no, verb]),
                    version=plan.row_version, on_page=ON_PAGE,
                ),
                "orders": orders,
                "timeline": steps_of(self.scope, PLAN_MACHINE.name, plan.pk),
                "breadcrumbs": [{"label": "采购计划", "url": reverse("plans")},
                                {"label": plan.plan_no}],
                **kwargs,
                "page_title": f"采购计划 {plan.plan_no}",
            }
        )  # fmt: skip


class PlanActView(PlanView):
    """POST only: save the sheet, or a step."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        plan: ProcurementPlan = self.get_object()
        verb = self.kwargs["verb"]
        if verb not in VERBS:
            raise Http404
        form = PlanStepForm(request.POST)
        here = HttpResponseRedirect(reverse("plan", args=[plan.plan_no]))
        if not form.is_valid():
            return refusal_page(request, MissingInput("version", "页面已过期，请刷新后重试"), form)
        given = form.cleaned_data
        cells = PlanCells(request.POST) if "cells" in request.POST else None
        if cells is not None and cells.wrong:
            context = self.get_context_data(object=plan, cells=cells)
            return self.render_to_response(context, status=400)
        try:
            if cells is not None:
                plan = self.save(plan, cells, given["version"])
                given["version"] = plan.row_version
            self.act(verb, plan, given)
        except OrderRefused as refused:
            for fault in refused.faults[:8]:
                messages.error(request, fault.reason)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        return here

    def save(self, plan: ProcurementPlan, cells: PlanCells, version: int) -> ProcurementPlan:
        changes = []
        for line in plan.lines.select_related("product"):
            packs, stock = cells.packs.get(line.pk), cells.stock.get(line.pk)
            reason = cells.reasons.get(line.pk)
            change = PlanChange(
                line.product,
                packs if packs != line.packs else None,
                stock if stock != line.stock_packs else None,
                reason if reason != line.clinical_reason else None,
            )
            if (change.packs, change.stock, change.reason) != (None, None, None):
                changes.append(change)
        return change_plan(
            plan=plan, changes=changes, by=self.user, scope=self.scope, at=timezone.now(),
            seen_version=version,
        )  # fmt: skip

    def act(self, verb: str, plan: ProcurementPlan, given: dict[str, Any]) -> None:
        acting: dict[str, Any] = {
            "plan": plan, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": given["version"],
        }  # fmt: skip
        if verb == "save":
            messages.success(self.request, "已保存")
        elif verb == "order":
            placed = order_plan(**acting)
            numbers = "、".join(order.order_no for order in placed.orders[:5])
            messages.success(self.request, f"已发送 {len(placed.orders)} 张订单：{numbers}")
        else:
            step_plan(
                verb=verb, return_reason=given["return_reason"], confirmed=given["confirmed"],
                **acting,
            )  # fmt: skip
            messages.success(self.request, f"{PLAN_MACHINE.named(verb).label}：已办理")
