"""Who holds lot X: one form, one click, the holders that one may see, as Excel too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from catalog.queries.known import Known
from core.lists.workbook import workbook_response
from core.transitions import MissingInput
from core.views.errors import refusal_page
from organisations.views.scoped import ScopedTemplateView
from procurement.forms import LotForm
from procurement.queries.lots import LotHolding, lot_holdings
from procurement.queries.recalls import may_open
from procurement.tables import LOT_SHEET

SHOWN = 500


class LotHoldersView(ScopedTemplateView):
    """An empty form without words in the address; with them the answer below it."""

    template_name = "procurement/lot_holders.html"
    page_title = "批号追踪"
    page_note = "按已登记的配送、收货和退货查找持有某批号的医疗机构；只列出您的查看范围内的"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = bool(self.request.GET)
        form = LotForm(self.request.GET if asked else None, known=Known(self.scope))
        context: dict[str, Any] = {"form": form, "asked": asked and form.is_valid()}
        if context["asked"]:
            product, lots = form.cleaned_data["product"], form.cleaned_data["lots"]
            found = lot_holdings(self.scope, product, lots)
            query = f"product={product.code}&lots={','.join(lots)}"
            context |= {
                "product": product,
                "lots": lots,
                "holdings": found[:SHOWN],
                "more": len(found) - SHOWN if len(found) > SHOWN else 0,
                "institutions": len({each.institution_code for each in found}),
                "held": sum((each.held for each in found), Decimal(0)),
                "unreceived": sum((each.unreceived for each in found), Decimal(0)),
                "export_url": f"{reverse('lot-holders-export')}?{query}",
                "recall_url": f"{reverse('recall-new')}?{query}"
                if may_open(self.scope, product)
                else "",
            }
        crumbs = [{"label": "召回", "url": reverse("recalls")}, {"label": self.page_title}]
        return super().get_context_data(**{"breadcrumbs": crumbs, **context, **kwargs})


class LotHoldersExportView(LotHoldersView):
    """All holders as Excel; it has no page of its own."""

    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LotForm(request.GET, known=Known(self.scope))
        if not form.is_valid():
            messages = [str(each) for found in form.errors.values() for each in found]
            return refusal_page(request, MissingInput("lots", "；".join(messages)), form)
        found = lot_holdings(self.scope, form.cleaned_data["product"], form.cleaned_data["lots"])
        return workbook_response(
            name=f"批号追踪_{timezone.localdate():%Y%m%d}",
            columns=LOT_SHEET,
            rows=map(_cells, found),
        )


def _cells(row: LotHolding) -> tuple[Any, ...]:
    return (
        row.institution, row.institution_code, row.city, row.county, row.lot_no, row.distributor,
        row.received, row.returned, row.held, row.unreceived, row.unclear,
    )  # fmt: skip
