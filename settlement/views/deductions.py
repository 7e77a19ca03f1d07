"""医保预拨付款扣除: the list, and what the agency records."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.views.quality import OneFormView
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from settlement.filters import DeductionFilter
from settlement.forms.statements import DeductionForm
from settlement.models import Deduction
from settlement.operations.deductions import record_deduction
from settlement.queries.entry_source import with_entry
from settlement.queries.statements import may_pay, visible_deductions
from settlement.tables.statements import DEDUCTION_COLUMNS
from settlement.views.bank import looks_after_money


class DeductionListView(FilteredListView):
    page_title = "医保预拨付款扣除"
    page_note = "基金已直接结算给企业的货款，从医疗机构的医保预拨付款中扣除；不足的结转下月"
    filterset_class = DeductionFilter
    columns = DEDUCTION_COLUMNS
    default_sort = "-month"
    keyset = ("month", "id")
    route, export_route, sheet_name = "deductions", "deductions-export", "医保预拨付款扣除"
    bar = ("month",)
    search_hint = "医疗机构、编码、拼音首字母"
    empty_text = "没有扣除记录，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[Deduction]:
        return with_entry(visible_deductions(scope)).select_related("institution", "pool")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "登记扣除", "url": reverse("deduction-new"), "kind": "primary"}
        actions = [new] if may_pay(self.scope) else []
        return super().get_context_data(actions=actions, **kwargs)


class DeductionExportView(ExportMixin, DeductionListView):
    pass


class DeductionNewView(OneFormView):
    page_title = "登记医保预拨付款扣除"
    page_note = "填当月应拨给该机构的医保预拨付款，平台按账上应扣金额计算实扣，不足的结转"
    form_class = DeductionForm
    list_route, list_label = "deductions", "医保预拨付款扣除"
    submit, done = "登记", "已登记；有实扣的已同时记账"

    def exists_for(self, scope: Scope) -> bool:
        return looks_after_money(scope)

    def allowed(self, scope: Scope) -> Verdict:
        return may_pay(scope)

    def initial(self) -> dict[str, Any]:
        return {}

    def make(self, values: dict[str, Any]) -> str:
        record_deduction(
            institution=values["institution_code"], month=values["month"],
            allocated=values["allocated"], by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return reverse("deductions")
