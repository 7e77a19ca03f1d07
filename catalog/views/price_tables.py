"""What the province keeps about prices: maximum prices, multiples of marks, shortage lists."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.filters.listings import MaximumPriceFilter, ShortageFilter
from catalog.forms.listings import (
    MaximumPriceForm,
    MultipleForm,
    ReferenceProductForm,
    ShortageForm,
)
from catalog.models import MaximumPrice, PriceMultiple, ShortageEntry
from catalog.operations.maximum_prices import set_maximum_price
from catalog.operations.price_marks import (
    end_price_multiple,
    set_price_multiple,
    set_reference_product,
)
from catalog.operations.shortages import enter_shortage
from catalog.queries.listings import is_listing_officer
from catalog.queries.price_checks import (
    visible_maximum_prices,
    visible_price_marks,
    visible_price_multiples,
    visible_reference_products,
    visible_shortages,
)
from catalog.queries.visible import visible_groups, visible_products
from catalog.tables.listings import MAXIMUM_COLUMNS, SHORTAGE_COLUMNS
from catalog.views.listings import ONLY_OFFICERS, OfficerPage, add_refusal
from core.transitions import Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView


class DatedRowsView(FilteredListView):
    """What the lists of dated rows share that the province keeps, each of a group or a product."""

    default_sort = "-from"
    search_hint = "品种、产品、编码、拼音首字母"
    kept: ClassVar[str]
    """Prefix of the routes that add a row or a workbook of them."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = [
            {"label": "新增", "icon": "plus", "url": reverse(f"{self.kept}-new")},
            {"label": "Excel 导入", "icon": "upload", "url": reverse(f"{self.kept}-upload")},
        ]
        return super().get_context_data(
            **{"actions": actions if is_listing_officer(self.scope) else [], **kwargs}
        )


class MaximumPriceListView(DatedRowsView):
    page_title = "最高挂网价"
    page_note = "非中选产品挂网价的上限；产品有单独标准的按产品，没有的按品种折算（S2-10.3）"
    filterset_class = MaximumPriceFilter
    columns = MAXIMUM_COLUMNS
    route, export_route, sheet_name = "maximum-price-list", "maximum-price-export", "最高挂网价"
    bar = ("period",)
    kept = "maximum-price"

    def everything(self, scope: Scope) -> QuerySet[MaximumPrice]:
        return visible_maximum_prices(scope).select_related("group", "product")


class MaximumPriceExportView(ExportMixin, MaximumPriceListView):
    pass


class ShortageListView(DatedRowsView):
    page_title = "短缺和易短缺清单"
    page_note = (
        "国家清单和省级增补；清单内药品一年内涨价超过规定倍数的，每日核对并预警（S0-二(六)b）"
    )
    filterset_class = ShortageFilter
    columns = SHORTAGE_COLUMNS
    route, export_route, sheet_name = "shortage-list", "shortage-export", "短缺清单"
    bar = ("period", "kind", "source")
    kept = "shortage"

    def everything(self, scope: Scope) -> QuerySet[ShortageEntry]:
        return visible_shortages(scope).select_related("group", "product")


class ShortageExportView(ExportMixin, ShortageListView):
    pass


class EntryNewView(OfficerPage):
    """A form that names a group or a product, one operation, back to the list."""

    template_name = "catalog/price_entry_new.html"
    form_class: ClassVar[type[forms.Form]]
    list_route: ClassVar[str]
    done: ClassVar[str]
    draft: ClassVar[str]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [
            {"label": self.page_title, "url": reverse(self.list_route)},
            {"label": "新增"},
        ]
        given = self.request.GET
        initial = {"valid_from": timezone.localdate()} | {
            name: given[name] for name in ("group", "product") if name in given
        }
        return super().get_context_data(
            **{"form": self.form_class(initial=initial), "breadcrumbs": crumbs,
               "cancel_url": reverse(self.list_route), "draft": self.draft, **kwargs}
        )  # fmt: skip

    def perform(self, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form_class(request.POST)
        if form.is_valid() and self._find(form):
            try:
                self.perform(form.cleaned_data)
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, self.done)
                return HttpResponseRedirect(reverse(self.list_route))
        return self.render_to_response(self.get_context_data(form=form), status=400)

    def _find(self, form: forms.Form) -> bool:
        """Codes to objects, within sight."""
        values = form.cleaned_data
        for name, rows, words in (
            ("group", visible_groups(self.scope), "没有这个品种，请核对代码"),
            ("product", visible_products(self.scope), "没有这个产品，请核对国家医保编码"),
        ):
            if name not in values:
                continue
            code = values[name]
            values[name] = rows.filter(code=code).first() if code else None
            if code and values[name] is None:
                form.add_error(name, words)
        return not form.errors


class MaximumPriceNewView(EntryNewView):
    page_title = "最高挂网价"
    page_note = "自起始日起执行，同一品种或产品原来的标准到该日为止"
    form_class = MaximumPriceForm
    list_route, done, draft = "maximum-price-list", "最高挂网价已设定", "maximum-price"

    def perform(self, values: dict[str, Any]) -> None:
        set_maximum_price(by=self.user, scope=self.scope, at=timezone.now(), **values)


class ShortageNewView(EntryNewView):
    page_title = "短缺和易短缺清单"
    page_note = "按公布的文件列入；可以填已经过去的列入日"
    form_class = ShortageForm
    list_route, done, draft = "shortage-list", "已列入清单", "shortage"

    def perform(self, values: dict[str, Any]) -> None:
        enter_shortage(by=self.user, scope=self.scope, at=timezone.now(), **values)


class PriceMultipleView(ScopedTemplateView):
    """The table of multiples, reference products, and how many marks there are."""

    template_name = "catalog/price_multiples.html"
    page_title = "红黄标标准"
    page_note = "挂网价是参照价的多少倍亮黄标、红标，由省级维护；每日核对，红标产品下单须再次确认（S0-二(六)a）"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        marks = visible_price_marks(self.scope).filter(until__isnull=True)
        references = visible_reference_products(self.scope).select_related("group", "product")
        return super().get_context_data(
            **{
                "rows": visible_price_multiples(self.scope).order_by("-valid_from", "-pk"),
                "red": marks.filter(level="red").count(),
                "yellow": marks.filter(level="yellow").count(),
                "references": references.order_by("group__code")[:200],
                "officer": is_listing_officer(self.scope),
                "today": timezone.localdate(),
                "form": MultipleForm(initial={"valid_from": timezone.localdate()}),
                "reference_form": ReferenceProductForm(),
                **kwargs,
            }
        )


class PriceMultipleNewView(PriceMultipleView):
    http_method_names = ("post", "options")

    def entry(self, scope: Scope) -> Verdict:
        return Verdict(True) if is_listing_officer(scope) else ONLY_OFFICERS

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MultipleForm(request.POST)
        if form.is_valid():
            try:
                set_price_multiple(
                    by=self.user, scope=self.scope, at=timezone.now(), **form.cleaned_data
                )
            except Refusal as refusal:
                add_refusal(form, refusal)
            else:
                messages.success(request, "已设定，下次核对时按新标准亮标")
                return HttpResponseRedirect(reverse("price-multiples"))
        return self.render_to_response(self.get_context_data(form=form), status=400)


class ReferenceProductView(PriceMultipleNewView):
    """Name the 参比制剂 of the product's group."""

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReferenceProductForm(request.POST)
        if form.is_valid():
            code = form.cleaned_data["product"]
            found = visible_products(self.scope).filter(code=code).select_related("group").first()
            if found is None or found.group is None:
                form.add_error("product", "没有这个产品，或产品没有归入品种")
            else:
                try:
                    set_reference_product(
                        group=found.group, product=found, clause=form.cleaned_data["clause"],
                        by=self.user, scope=self.scope, at=timezone.now(),
                    )  # fmt: skip
                except Refusal as refusal:
                    add_refusal(form, refusal)
                else:
                    messages.success(request, "参比制剂已设定")
                    return HttpResponseRedirect(reverse("price-multiples"))
        return self.render_to_response(self.get_context_data(reference_form=form), status=400)


class PriceMultipleEndView(ScopedDetailView):
    http_method_names = ("post", "options")
    key_field = "pk"
    key = "pk"

    def entry(self, scope: Scope) -> Verdict:
        return Verdict(True) if is_listing_officer(scope) else ONLY_OFFICERS

    def visible(self, scope: Scope) -> QuerySet[PriceMultiple]:
        return visible_price_multiples(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            end_price_multiple(
                row=self.get_object(), by=self.user, scope=self.scope, at=timezone.now()
            )
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, "已结束")
        return HttpResponseRedirect(reverse("price-multiples"))
