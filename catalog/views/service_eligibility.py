"""Who may charge adjusted prices first, entered by bureaus, read by each institution itself."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.filters.services import ServiceEligibilityFilter
from catalog.forms.services import ServiceEligibilityForm
from catalog.models import ServiceEligibility
from catalog.operations.service_eligibility import enter_eligibility
from catalog.queries.services import may_price, visible_service_eligibility
from catalog.tables.services import ELIGIBILITY_COLUMNS
from catalog.views.services import ServiceFormView, ServiceList
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.list_export import ExportMixin


class ServiceEligibilityListView(ServiceList):
    page_note = "按要求使用中选产品的机构优先执行调价结果，未按要求的暂缓（S2-9.2）；由医保局依据考核结果登记"
    filterset_class = ServiceEligibilityFilter
    columns = ELIGIBILITY_COLUMNS
    default_sort = "-from"
    route, export_route = "service-eligibility", "service-eligibility-export"
    sheet_name = "调价执行资格"
    bar = ("verdict", "period", "year")
    search_hint = "医疗机构、编码、拼音首字母"
    empty_text = "还没有登记，或不在您的查看范围内；没有考核结果的机构先按原价格执行。"
    new = (("service-eligibility-new", "登记资格"), ("service-eligibility-upload", "Excel 批量"))

    def keeps(self, scope: Scope) -> Verdict:
        return may_price(scope)

    def everything(self, scope: Scope) -> QuerySet[ServiceEligibility]:
        return visible_service_eligibility(scope).select_related("institution")


class ServiceEligibilityExportView(ExportMixin, ServiceEligibilityListView):
    pass


class ServiceEligibilityNewView(ServiceFormView):
    page_title = "登记调价执行资格"
    page_note = "平台不计算年度考核：按考核结果的文件登记结论、数值和理由，医疗机构会收到通知"
    form_class = ServiceEligibilityForm
    list_route, list_label = "service-eligibility", "执行资格"
    given = ("institution_code",)

    def allowed(self, scope: Scope) -> Verdict:
        return may_price(scope)

    def initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return super().initial() | {"valid_from": today, "year": today.year}

    def make(self, values: dict[str, Any]) -> str:
        enter_eligibility(by=self.user, scope=self.scope, at=timezone.now(), **values)
        return reverse("service-eligibility")
