"""Receiving places of the institution, and the amount over which orders are approved inside."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView, ScopedView
from procurement.forms.ordering import ApprovalForm, PlaceForm
from procurement.models import ReceivingPlace
from procurement.operations.carts import approval_over
from procurement.operations.ordering_settings import (
    PLACE_FIELDS,
    may_keep_places,
    save_place,
    set_approval,
)
from procurement.queries.ordering import visible_receiving_places


class PlacesView(ScopedTemplateView):
    """The list with a form: for a new place, or for the one in the address."""

    template_name = "procurement/receiving_places.html"
    page_title = "收货地点与下单设置"
    page_note = "下单时选用；已发送的订单按发送时的内容配送"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def place(self) -> ReceivingPlace | None:
        number = self.kwargs.get("place_id")
        if number is None:
            return None
        if not number.isdecimal() or len(number) > 18:
            raise Http404
        own = visible_receiving_places(self.scope)
        found = own.filter(pk=int(number), institution=self.scope.organisation_id).first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place = self.place()
        known: dict[str, Any] = {"is_open": True}
        if place:
            known = {name: getattr(place, name) for name in PLACE_FIELDS}
            known["version"] = place.row_version
        own = self.scope.organisation_id
        return super().get_context_data(
            **{
                "places": visible_receiving_places(self.scope)
                .filter(institution=own)
                .order_by("-is_open", "-is_default", "name"),
                "form": PlaceForm(initial=known),
                "may_keep": may_keep_places(self.scope),
                "place": place,
                "here": self.request.path,
                "is_admin": self.scope.has_role("admin"),
                "over": approval_over(own),
                "approval_form": ApprovalForm(initial={"approval_over": approval_over(own)}),
                "breadcrumbs": [{"label": "采购车", "url": reverse("cart")},
                                {"label": self.page_title}],
                **kwargs,
            }
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        place = self.place()
        if not may_keep_places(self.scope):
            words = "收货地点由本机构的经办、库管、审核人员或管理员维护"
            return refusal_page(request, NotYours(words))
        form = PlaceForm(request.POST)
        if form.is_valid():
            try:
                save_place(
                    place=place,
                    values=form.values(),
                    by=self.user,
                    scope=self.scope,
                    at=timezone.now(),
                    seen_version=form.cleaned_data["version"],
                )
                messages.success(request, "已保存收货地点")
                return HttpResponseRedirect(reverse("receiving-places"))
            except MissingInput as missing:
                form.add_error(missing.field, missing.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
        return self.render_to_response(self.get_context_data(form=form), status=400)


class ApprovalView(ScopedView):
    """POST only."""

    http_method_names = ["post"]

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ApprovalForm(request.POST)
        if not form.is_valid():
            reason = "；".join(str(m) for found in form.errors.values() for m in found)
            return refusal_page(request, MissingInput("approval_over", reason), form)
        try:
            set_approval(
                approval_over=form.cleaned_data["approval_over"], by=self.user,
                scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已保存下单设置")
        return HttpResponseRedirect(reverse("receiving-places"))
