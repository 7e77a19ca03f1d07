"""Listings: the list with what their prices do not fit, one listing, and listing a product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.filters.listings import ListingFilter
from catalog.forms.listings import (
    ListingCloseForm,
    ListingNewForm,
    ListingRestoreForm,
    PriceForm,
    RequestForm,
    WayForm,
)
from catalog.models import Listing, ListingRequest, Product
from catalog.operations.listings import list_product
from catalog.operations.officer_prices import request_price_check
from catalog.queries.listing_cases import (
    REQUEST_TYPE,
    case_files,
    may_ask,
    request_standings,
    visible_listing_requests,
)
from catalog.queries.listing_page import (
    ListingRow,
    listed_products,
    listing_rows,
    listing_timeline,
)
from catalog.queries.listing_way import own_province, way_facts
from catalog.queries.listings import (
    is_listing_officer,
    listing_standings,
    restoring_office,
)
from catalog.queries.price_checks import mark_history
from catalog.queries.product_rows import group_choices, manufacturer_choices, price_history
from catalog.queries.tradable import why_not_tradable
from catalog.queries.visible import visible_products
from catalog.states.listing import LEVELS, LISTING_MACHINE, TERMS, ClosingReason
from catalog.states.listing_case import REQUEST_LEVELS, REQUEST_MACHINE
from catalog.tables.listings import LISTING_COLUMNS
from core.attachments.inspect import max_megabytes
from core.transitions import Refusal, Verdict
from core.views.object_page import offered_actions
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

ONLY_OFFICERS = Verdict(False, "由省医保局或省采购服务中心办理", "S2-10.3")


class ListingListView(FilteredListView):
    page_title = "挂网产品"
    page_note = "每个产品的挂网ID、状态、由谁因何关闭、怎样恢复，以及挂网价与中选价、最高挂网价、红黄标的核对"
    filterset_class = ListingFilter
    columns = LISTING_COLUMNS
    default_sort = "number"
    route, export_route, sheet_name = "listing-list", "listing-export", "挂网产品"
    bar = ("state", "check", "reason", "way", "group", "manufacturer")
    search_hint = "挂网ID、产品、编码、企业、拼音首字母"

    def everything(self, scope: Scope) -> QuerySet[Product]:
        return listed_products(scope, timezone.localdate())

    def rows(self, objects: Iterable[Any]) -> list[ListingRow]:
        return listing_rows(objects)

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {
            "group": group_choices(self.scope),
            "manufacturer": manufacturer_choices(self.scope),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = []
        if is_listing_officer(self.scope):
            actions = [
                {"label": "新增挂网", "icon": "plus", "url": reverse("listing-new")},
                {"label": "立即核对价格", "icon": "refresh", "url": reverse("price-check"),
                 "method": "post"},
            ]  # fmt: skip
        return super().get_context_data(**{"actions": actions, **kwargs})


class ListingExportView(ExportMixin, ListingListView):
    """Exactly the filtered list as Excel."""


class OfficerPage(ScopedTemplateView):
    """Pages that only the province's offices work on; others are told who does."""

    def entry(self, scope: Scope) -> Verdict:
        return Verdict(True) if is_listing_officer(scope) else ONLY_OFFICERS


class PriceCheckView(OfficerPage):
    """POST only: the day's checks once more, as a job."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        job = request_price_check(by=self.user, scope=self.scope, at=timezone.now())
        return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))


class ListingNewView(OfficerPage):
    template_name = "catalog/listing_new.html"
    page_title = "新增挂网"
    page_note = "为已入库的产品编发挂网ID；附条件挂网须有企业的书面承诺"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [
            {"label": "挂网产品", "url": reverse("listing-list")},
            {"label": "新增挂网"},
        ]
        form = ListingNewForm(initial={"product": self.request.GET.get("product", "")})
        return super().get_context_data(**{"form": form, "breadcrumbs": crumbs, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ListingNewForm(request.POST)
        if form.is_valid():
            values = form.cleaned_data
            product = visible_products(self.scope).filter(code=values.pop("product")).first()
            if product is None:
                form.add_error("product", "没有这个产品，请核对国家医保编码")
            else:
                try:
                    listing = list_product(
                        product=product, by=self.user, scope=self.scope, at=timezone.now(),
                        **values,
                    )  # fmt: skip
                except Refusal as refusal:
                    add_refusal(form, refusal)
                else:
                    messages.success(request, f"已挂网，挂网ID {listing.listing_no}")
                    return HttpResponseRedirect(
                        reverse("listing-detail", args=[listing.listing_no])
                    )
        return self.render_to_response(self.get_context_data(form=form), status=400)


def add_refusal(form: Any, refusal: Refusal) -> None:
    """A refusal beside its field, or above the form."""
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, refusal.reason)


class ListingDetailView(ScopedDetailView):
    template_name = "catalog/listing_detail.html"
    key_field = "listing__listing_no"
    key = "listing_no"

    def visible(self, scope: Scope) -> QuerySet[Product]:
        return listed_products(scope, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        product: Product = kwargs["object"]
        row = listing_rows([product])[0]
        listing = row.listing
        held = listing_standings(self.scope, listing)
        today = timezone.localdate()
        office = restoring_office(listing) if listing.state != "listed" else None
        parts = {"suspend": "close", "withdraw": "close", "restore": "open", "relist": "open"}
        officer = is_listing_officer(self.scope)
        asks = may_ask(self.scope, listing)
        context = {
            "row": row,
            "listing": listing,
            "level": LEVELS[listing.state],
            "offered": offered_actions(
                LISTING_MACHINE.offers(listing, held),
                url=lambda verb: reverse("listing-act", args=[listing.listing_no, verb]),
                version=listing.row_version,
                on_page=parts,
            ),
            "offers": {o.transition.verb: o.verdict for o in LISTING_MACHINE.offers(listing, held)},
            "office": office,
            "may_ask": asks and listing.state != "listed",
            "officer": officer,
            "close_form": ListingCloseForm(initial={"version": listing.row_version}),
            "open_form": ListingRestoreForm(initial={"version": listing.row_version}),
            "price_form": PriceForm(initial={"valid_from": today}),
            "request_form": RequestForm(),
            **self._way(listing, product, today, officer),
            "terms": [(ClosingReason(code).label, terms) for code, terms in TERMS.items()],
            "requests": self._requests(listing),
            "reasons": why_not_tradable(product, today),
            "prices": price_history(self.scope, product),
            "marks": list(mark_history(self.scope, product)),
            "timeline": listing_timeline(self.scope, listing),
            "upload_megabytes": max_megabytes(),
            "page_title": str(product),
            "breadcrumbs": [
                {"label": "挂网产品", "url": reverse("listing-list")},
                {"label": listing.listing_no},
            ],
        }
        return super().get_context_data(**{**context, **kwargs})

    def _way(
        self, listing: Listing, product: Product, today: date, officer: bool
    ) -> dict[str, Any]:
        """The form to change the way, beside what it is decided by; not of what is off the list."""
        if not officer or listing.state == Listing.State.WITHDRAWN:
            return {}
        initial = {"way": listing.way, "commitment": listing.commitment,
                   "version": listing.row_version}  # fmt: skip
        return {
            "way_form": WayForm(initial=initial),
            "facts": way_facts(own_province(self.scope), product, today),
        }

    def _steps(self, row: ListingRequest) -> dict[str, Any]:
        """What the reader may do with a request: answer it in its form, or take it back."""
        offers = REQUEST_MACHINE.offers(row, request_standings(self.scope, row))
        part = f"answer-{row.request_no}"
        return {
            "answers": any(each.verdict for each in offers if each.transition.verb == "grant"),
            "offered": offered_actions(
                offers, url=lambda verb: reverse("listing-answer", args=[row.request_no, verb]),
                version=row.row_version, on_page={"grant": part, "refuse": part},
            ),
        }  # fmt: skip

    def _requests(self, listing: Listing) -> list[dict[str, Any]]:
        rows = (
            visible_listing_requests(self.scope)
            .filter(listing=listing)
            .select_related("requester", "office")
            .order_by("-pk")
        )
        return [
            {
                "request": row,
                "level": REQUEST_LEVELS[row.state],
                "holder": row.office.name if row.state == "submitted" else "",
                **self._steps(row),
                "files": [
                    {
                        "label": each.name,
                        "url": reverse("listing-request-file", args=[row.request_no, each.pk]),
                        "size": each.file.size_bytes,
                        "who": each.uploaded_by_name,
                        "at": each.uploaded_at,
                        "blocked": "" if each.file.scan == "clean" else "已隔离，不能下载",
                    }
                    for each in case_files(REQUEST_TYPE, row)
                ],
            }
            for row in rows
        ]


class ListingRequestFileView(ScopedDetailView):
    """A proof, for those who see the request."""

    key_field = "request_no"
    key = "request_no"

    def visible(self, scope: Scope) -> QuerySet[ListingRequest]:
        return visible_listing_requests(scope)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        return served(request, case_files(REQUEST_TYPE, self.get_object()), kwargs["file_id"])
