"""Fill plans by one Excel sheet; the template of a plan comes with its products and suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from core.lists.sheet import SheetColumn, SheetError, SheetRow
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.sheet_upload import SheetUploadView
from procurement.forms.plans import PlanRowForm
from procurement.models import ProcurementPlan
from procurement.operations.plans import PlanChange, fill_plans
from procurement.queries.cart_page import products_by_code
from procurement.queries.planning import may_plan, plans_exist, visible_plans
from procurement.rules.ordering import MOST_LINES
from procurement.states.plan import EDITABLE
from procurement.views.column_names import OwnLayout


class PlanUploadView(OwnLayout, SheetUploadView):  # type: ignore[override]
    page_title = "Excel 填写采购计划"
    sheet_name = "采购计划"
    route, back_route = "plan-upload", "plans"
    max_rows = MOST_LINES
    mapping_kind = "plans"
    own_sheet_columns = (
        SheetColumn("plan_no", "计划编号", 16, "编制中或退回的计划；空为编制中的那一份"),
        SheetColumn("product_code", "国家医保编码", 28, "一行一个产品；计划里没有的会加入"),
        SheetColumn("stock", "库存包装数", 14, "整数；空为不改"),
        SheetColumn("packs", "计划包装数", 14, "整数；空为不改"),
        SheetColumn("reason", "临床理由", 40, "非中选产品且同品种有中选产品的填写"),
    )

    def exists_for(self, scope: Scope) -> bool:
        return plans_exist(scope)

    def allowed(self, scope: Scope) -> Verdict:
        return may_plan(scope)

    def example_rows(self) -> list[list[Any]]:
        number = self.request.GET.get("plan", "")[:20]
        plan = visible_plans(self.scope).filter(plan_no=number).first()
        if plan is None:
            return []
        return [
            [plan.plan_no, line.product.code, line.stock_packs, line.packs, line.clinical_reason]
            for line in plan.lines.select_related("product")
        ]

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        codes = {row.cells.get("product_code", "") for row in rows}
        numbers = {row.cells.get("plan_no", "") for row in rows}
        self.products = products_by_code(self.scope, codes)
        own = visible_plans(self.scope).filter(institution=self.scope.organisation_id)
        self.plans = {plan.plan_no: plan for plan in own.filter(plan_no__in=numbers)}
        filling = list(own.filter(state__in=EDITABLE).order_by("-pk")[:2])
        if len(filling) == 1:
            # A sheet of another system does not know our number; one plan leaves no doubt.
            self.plans[""] = filling[0]

    def row_form(self, texts: dict[str, str]) -> PlanRowForm:
        return PlanRowForm(texts, products=self.products, plans=self.plans)

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        seen: dict[tuple[int, int], int] = {}
        errors = []
        for row, each in zip(rows, values, strict=True):
            plan: ProcurementPlan = each["plan_no"]
            if plan.state not in EDITABLE:
                errors.append(
                    SheetError(
                        row.line, self.heading("plan_no"), plan.plan_no,
                        f"计划的状态为“{plan.get_state_display()}”，不能再改", "另编一份或先退回",
                    )
                )  # fmt: skip
            key = (plan.pk, each["product_code"].pk)
            if key in seen:
                errors.append(
                    SheetError(
                        row.line, self.heading("product_code"), row.cells.get("product_code", ""),
                        f"与第 {seen[key]} 行是同一计划的同一产品", "合并成一行",
                    )
                )  # fmt: skip
            seen.setdefault(key, row.line)
        return errors

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        changes: dict[str, list[PlanChange]] = {}
        for each in values:
            change = PlanChange(
                each["product_code"], each["packs"], each["stock"], each["reason"] or None
            )
            changes.setdefault(each["plan_no"].plan_no, []).append(change)
        named = {each["plan_no"].plan_no: each["plan_no"] for each in values}
        plans = [(named[number], rows) for number, rows in changes.items()]
        fill_plans(plans=plans, by=self.user, scope=self.scope, at=timezone.now())
        return f"已填写 {len(plans)} 份计划、{len(values)} 行，请核对后提交"
