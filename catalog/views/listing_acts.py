"""The steps posted from a listing's page: close, open, price, ask, answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.forms.listings import (
    AnswerForm,
    ListingCloseForm,
    ListingRestoreForm,
    PriceForm,
    RequestForm,
    WayForm,
)
from catalog.models import Listing, ListingRequest
from catalog.operations.listing_requests import answer_request, request_restoring
from catalog.operations.listing_way import set_listing_way
from catalog.operations.listings import restore_listing, suspend_listing, withdraw_listing
from catalog.operations.officer_prices import price_by_officer
from catalog.queries.listing_cases import visible_listing_requests
from catalog.views.listings import ListingDetailView, add_refusal
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView


class ListingStep(ListingDetailView):
    """One form, one operation, back to the listing; what is wrong stays beside the form."""

    http_method_names = ("post", "options")
    form_name = ""
    done = ""

    def form(self, request: HttpRequest) -> forms.Form:
        raise NotImplementedError

    def act(self, listing: Listing, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        product = self.get_object()
        form = self.form(request)
        if form.is_valid():
            try:
                self.act(product.listing, form.cleaned_data)
            except Refusal as refusal:
                if refusal.status != 400:
                    return refusal_page(request, refusal, form)
                add_refusal(form, refusal)
            else:
                messages.success(request, self.done)
                return HttpResponseRedirect(
                    reverse("listing-detail", args=[product.listing.listing_no])
                )
        self.object = product
        context = self.get_context_data(object=product, **{self.form_name: form})
        return self.render_to_response(context, status=400)


class ListingActView(ListingStep):
    """The verb in the address: suspend, withdraw, restore or relist."""

    @property
    def form_name(self) -> str:  # type: ignore[override]
        return "close_form" if self._closes() else "open_form"

    @property
    def done(self) -> str:  # type: ignore[override]
        verb = self.kwargs["verb"]
        return {"suspend": "已暂停采购，已通知生产企业", "withdraw": "已撤网，已通知生产企业"}.get(
            verb, "已恢复挂网"
        )

    def _closes(self) -> bool:
        return self.kwargs["verb"] in ("suspend", "withdraw")

    def form(self, request: HttpRequest) -> forms.Form:
        if self.kwargs["verb"] not in ("suspend", "withdraw", "restore", "relist"):
            raise Http404
        return (ListingCloseForm if self._closes() else ListingRestoreForm)(request.POST)

    def act(self, listing: Listing, values: dict[str, Any]) -> None:
        seen = values.pop("version")
        operation = {"suspend": suspend_listing, "withdraw": withdraw_listing}.get(
            self.kwargs["verb"], restore_listing
        )
        operation(
            listing=listing, by=self.user, scope=self.scope, at=timezone.now(), seen_version=seen,
            **values,
        )  # fmt: skip


class ListingPriceView(ListingStep):
    form_name = "price_form"
    done = "挂网价已设定"

    def form(self, request: HttpRequest) -> forms.Form:
        return PriceForm(request.POST)

    def act(self, listing: Listing, values: dict[str, Any]) -> None:
        price_by_officer(
            product=listing.product, by=self.user, scope=self.scope, at=timezone.now(), **values
        )


class ListingWayView(ListingStep):
    form_name = "way_form"
    done = "挂网方式已变更，已通知生产企业"

    def form(self, request: HttpRequest) -> forms.Form:
        return WayForm(request.POST)

    def act(self, listing: Listing, values: dict[str, Any]) -> None:
        set_listing_way(
            listing=listing, by=self.user, scope=self.scope, at=timezone.now(),
            seen_version=values.pop("version"), **values,
        )  # fmt: skip


class ListingRequestView(ListingStep):
    form_name = "request_form"
    done = "申请已提交，答复后会通知本单位"

    def form(self, request: HttpRequest) -> forms.Form:
        return RequestForm(request.POST)

    def act(self, listing: Listing, values: dict[str, Any]) -> None:
        request_restoring(
            listing=listing, text=values["text"], uploads=self.request.FILES.getlist("files"),
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip


class ListingAnswerView(ScopedDetailView):
    """Grant, refuse or withdraw a request."""

    http_method_names = ("post", "options")
    key_field = "request_no"
    key = "request_no"

    def visible(self, scope: Scope) -> QuerySet[ListingRequest]:
        return visible_listing_requests(scope).select_related("listing")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: ListingRequest = self.get_object()
        verb = kwargs["verb"]
        if verb not in ("grant", "refuse", "withdraw"):
            raise Http404
        form = AnswerForm(request.POST)
        if not form.is_valid():
            reason = next(iter(form.errors.values()))[0]
            return refusal_page(request, MissingInput("version", str(reason)), form)
        try:
            row = answer_request(
                request=row, verb=verb, answer=form.cleaned_data["answer"], by=self.user,
                scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"申请{row.get_state_display()}")
        return HttpResponseRedirect(reverse("listing-detail", args=[row.listing.listing_no]))
