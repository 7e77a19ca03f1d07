"""产品需求与供应 and 基层覆盖: one product by institution and month; rural places by product."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from catalog.forms.product_input import ProductInput
from catalog.models import Product
from catalog.queries.visible import visible_products
from core.lists.workbook import workbook_response
from core.transitions import MissingInput
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView
from procurement.queries.code_rates import read_month
from procurement.queries.supply_demand import Demand, product_demand
from procurement.queries.supply_overview import overview
from procurement.queries.supply_sums import rural_coverage
from procurement.rules.supply_lines import RURAL
from procurement.tables.supply_views import COVERAGE_SHEET, DEMAND_HEAD, DEMAND_TAIL
from procurement.views.supply_overview import supply_tabs

SHOWN = 200


class DemandView(ScopedTemplateView):
    template_name = "procurement/supply_demand.html"
    page_title = "产品需求与供应"
    page_note = "一个产品最近 12 个月各医疗机构的订购和各配送企业的供应，只含您的查看范围内的订单行"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business

    def product(self) -> Product | None:
        """Of the address; the catalogue is open to all of the trade."""
        code = self.request.GET.get("product", "").strip()[:40]
        return visible_products(self.scope).filter(code=code).first() if code else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        product, now = self.product(), timezone.now()
        asked = self.request.GET.get("product", "").strip()[:40]
        demand = product_demand(self.scope, product, now) if product else None
        return super().get_context_data(
            tabs=supply_tabs(self.scope, "supply-demand"), asked=asked, demand=demand,
            picker=ProductInput({"class": "form-control", "maxlength": "40"}).render(
                "product", asked, {"id": "id_product"}
            ),
            unknown=bool(asked) and product is None,
            choices=[] if demand else overview(self.scope, now).products, shown=SHOWN,
            more=max(len(demand.institutions) - SHOWN, 0) if demand else 0,
            export_url=f"{reverse('supply-demand-export')}?product={product.code}" if product else "",
            **kwargs,
        )  # fmt: skip


class DemandExportView(DemandView):
    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        product = self.product()
        if product is None:
            said = "没有这个国家医保编码的产品，请在产品需求页选好产品再导出"
            return refusal_page(request, MissingInput("product", said))
        demand = product_demand(self.scope, product, timezone.now())
        return workbook_response(
            name=f"产品需求_{product.code}",
            columns=demand_columns(demand),
            rows=(
                (row.institution.name, row.institution.code, row.agreed, row.packs, *row.months,
                 row.lines, row.late)
                for row in demand.institutions
            ),
        )  # fmt: skip


def demand_columns(demand: Demand) -> list[tuple[str, int]]:
    return [*DEMAND_HEAD, *((month, 10) for month in demand.months), *DEMAND_TAIL]


class CoverageView(ScopedTemplateView):
    template_name = "procurement/supply_coverage.html"
    page_title = "基层覆盖"
    page_note = "乡镇卫生院和村级（诊所）一个月订购的产品，按配送企业看是否按时、是否从未送达"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business

    def month(self) -> date:
        """The month in the address, else this month; an unreadable one is this month."""
        try:
            return read_month(self.request.GET.get("month", ""))
        except ValueError:
            return self.scope.on.replace(day=1)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        month = self.month()
        found = rural_coverage(self.scope, month, RURAL, timezone.now())
        due = sum(row.sums.due for row in found)
        on_time = sum(row.sums.on_time for row in found)
        return super().get_context_data(
            tabs=supply_tabs(self.scope, "supply-coverage"), month_value=f"{month:%Y-%m}",
            month=month, rows=found[:SHOWN], more=max(len(found) - SHOWN, 0),
            lines=sum(row.sums.lines for row in found), due=due,
            never=sum(row.sums.never for row in found), rate=on_time / due if due else None,
            until=_last_day(month),
            export_url=f"{reverse('supply-coverage-export')}?month={month:%Y-%m}", **kwargs,
        )  # fmt: skip


def _last_day(month: date) -> date:
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)


class CoverageExportView(CoverageView):
    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        month = self.month()
        return workbook_response(
            name=f"基层覆盖_{month:%Y%m}",
            columns=COVERAGE_SHEET,
            rows=(
                (str(row.product), row.product.code,
                 row.distributor.name if row.distributor else "",
                 row.distributor.code if row.distributor else "",
                 row.sums.institutions, row.sums.lines, row.sums.packs, row.sums.due,
                 row.sums.on_time, row.sums.late, row.sums.never, row.sums.rate)
                for row in rural_coverage(self.scope, month, RURAL, timezone.now())
            ),
        )  # fmt: skip
