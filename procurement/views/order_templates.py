"""采购模板 of the institution: what is in them, renaming, closing and taking into use again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from organisations.views.scoped import ScopedTemplateView
from procurement.forms.ordering import TemplateForm
from procurement.operations.ordering_settings import change_template
from procurement.queries.cart_page import named_rows
from procurement.queries.ordering import visible_order_templates
from procurement.views.carts import CartBase


class TemplatesView(CartBase, ScopedTemplateView):
    """The own templates, those in use first."""

    template_name = "procurement/order_templates.html"
    page_title = "采购模板"
    page_note = "保存在采购车里的产品和数量；价格按下单当日"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = visible_order_templates(self.scope).filter(institution=self.scope.organisation_id)
        row = own.filter(template_no=request.POST.get("template", "")[:24]).first()
        if row is None:
            raise Http404
        form = TemplateForm(request.POST)
        if not form.is_valid():
            reason = "；".join(str(m) for found in form.errors.values() for m in found)
            return refusal_page(request, MissingInput("name", reason), form)
        given = form.cleaned_data
        try:
            change_template(
                template=row, by=self.user, scope=self.scope, at=timezone.now(),
                name=given["name"], is_open=given["is_open"], seen_version=given["version"],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已保存采购模板")
        return HttpResponseRedirect(reverse("order-templates"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = visible_order_templates(self.scope).filter(institution=self.scope.organisation_id)
        rows = list(own.order_by("-is_open", "name")[:200])
        return super().get_context_data(
            templates=named_rows(self.scope, rows),
            breadcrumbs=[{"label": "采购车", "url": reverse("cart")}, {"label": self.page_title}],
            **kwargs,
        )
