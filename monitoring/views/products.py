"""A product's own dashboard."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from core.transitions import MissingInput
from core.views.errors import refusal_page
from monitoring.queries.product_page import product_page
from organisations.views.scoped import ScopedTemplateView


class ProductDashboardView(ScopedTemplateView):
    """Agreed, bought and supplied of one product, as far as the reader sees its figures."""

    template_name = "monitoring/product_dashboard.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            page = product_page(self.scope, self.kwargs["code"], request.GET)
        except MissingInput as broken:
            return refusal_page(request, broken)
        if page is None:
            raise Http404
        product = page["product"]
        return self.render_to_response(
            self.get_context_data(
                **page,
                page_title=product.name,
                breadcrumbs=[
                    {"label": "产品目录", "url": reverse("product-list")},
                    {"label": product.code, "url": reverse("product-detail", args=[product.code])},
                    {"label": "看板"},
                ],
            )
        )
