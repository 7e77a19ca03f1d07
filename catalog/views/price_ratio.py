"""差比价: typed, calculated with its steps, confirmed by a person."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.forms.listings import RatioConfirmForm, RatioForm
from catalog.models import Product
from catalog.operations.price_ratio import calculate, confirm_calculation, inputs_of
from catalog.queries.listing_page import visible_price_calculations
from catalog.queries.listings import is_listing_officer
from catalog.queries.visible import visible_products
from catalog.views.listings import add_refusal
from core.transitions import Refusal
from core.views.errors import refusal_page
from organisations.views.scoped import ScopedTemplateView


class PriceRatioView(ScopedTemplateView):
    """Open to the trade: an enterprise may calculate what an officer will confirm."""

    template_name = "catalog/price_ratio.html"
    page_title = "差比价计算"
    page_note = "中选药品新增规格按差比价关系定挂网价：逐步列出算式和依据，由经办确认后成为挂网价（S2-10.2）"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        initial = {"product": self.request.GET.get("product", ""), "material": "none"}
        recent = visible_price_calculations(self.scope).select_related("product", "representative")
        return super().get_context_data(
            **{"form": RatioForm(initial=initial), "recent": recent.order_by("-pk")[:20],
               "officer": is_listing_officer(self.scope), **kwargs}
        )  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RatioForm(request.POST)
        if form.is_valid():
            found = self._products(form)
            if found is not None:
                product, representative = found
                price: Decimal = representative.listed_price  # type: ignore[assignment]
                try:
                    calculation = calculate(inputs_of(form.cleaned_data, price))
                except Refusal as refusal:
                    add_refusal(form, refusal)
                else:
                    return self.render_to_response(
                        self.get_context_data(
                            form=form, calculation=calculation, product=product,
                            representative=representative, today=timezone.localdate(),
                            given=[(name, request.POST.get(name, "")) for name in form.fields],
                        )
                    )  # fmt: skip
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _products(self, form: forms.Form) -> tuple[Product, Product] | None:
        """Both products within sight; the representative one has a price."""
        found = {}
        for name in ("product", "representative"):
            rows = visible_products(self.scope).filter(code=form.cleaned_data[name])
            found[name] = rows.select_related("group").first()
            if found[name] is None:
                form.add_error(name, "没有这个产品，请核对国家医保编码")
        if form.errors:
            return None
        product, representative = found["product"], found["representative"]
        assert product is not None and representative is not None
        if representative.listed_price is None:
            form.add_error("representative", "代表品没有挂网价，不能作为计算的依据")
        elif product.group_id is None or product.group_id != representative.group_id:
            form.add_error("representative", "代表品应与新增规格同一品种")
        return None if form.errors else (product, representative)


class PriceRatioConfirmView(PriceRatioView):
    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RatioConfirmForm(request.POST)
        found = self._products(form) if form.is_valid() else None
        if found is None:
            field, errors = next(iter(form.errors.items()))
            refusal = Refusal(f"{form.fields[field].label}：{errors[0]}")
            refusal.status = 400
            return refusal_page(request, refusal, form)
        values = form.cleaned_data
        try:
            kept = confirm_calculation(
                product=found[0], representative=found[1],
                inputs=inputs_of(values, values["representative_price"]),
                expected=values["expected"], valid_from=values["valid_from"], note=values["note"],
                by=self.user, scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"已确认，挂网价 {kept.result:.2f} 元")
        return HttpResponseRedirect(reverse("product-detail", args=[kept.product.code]))
