"""Service items: the list, one with its prices, consumables and cost, and the forms that keep them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.filters.services import (
    ServiceConsumableFilter,
    ServiceItemFilter,
    ServicePriceFilter,
)
from catalog.forms.services import (
    DeferredForm,
    EndForm,
    ServiceConsumableForm,
    ServiceItemForm,
    ServicePriceForm,
)
from catalog.models import ServiceConsumable, ServiceItem, ServicePrice
from catalog.operations.services import (
    save_service_item,
    set_deferred_day,
    set_service_price,
    tie_consumable,
    untie_consumable,
)
from catalog.queries.dated import holding
from catalog.queries.known_services import KnownServices
from catalog.queries.service_page import item_page
from catalog.queries.service_prices import applied_prices
from catalog.queries.services import (
    may_keep_items,
    may_price,
    visible_service_consumables,
    visible_service_items,
    visible_service_prices,
    with_own_prices,
)
from catalog.tables.services import CHARGED_COLUMN, ITEM_COLUMNS, PRICE_COLUMNS, TIE_COLUMNS
from catalog.views.quality import OneFormView
from core.lists.columns import Column
from core.transitions import MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

TITLE = "医疗服务价格"
TABS = (
    ("service-items", "服务项目"),
    ("service-prices", "价格与中位价"),
    ("service-consumables", "关联耗材"),
    ("service-candidates", "调价候选"),
    ("service-eligibility", "执行资格"),
)


def service_tabs(route: str) -> list[dict[str, Any]]:
    return [{"label": word, "url": reverse(name), "active": name == route} for name, word in TABS]


def keeping(allowed: Verdict, *routes: tuple[str, str]) -> list[dict[str, Any]]:
    """Buttons of those who keep a list; nobody else has a use for them."""
    if not allowed:
        return []
    return [
        {"label": label, "url": reverse(route), "kind": "" if place else "primary"}
        for place, (route, label) in enumerate(routes)
    ]


class ServiceList(FilteredListView):
    """What the five lists share."""

    page_title = TITLE
    search_hint = "项目名称、编码、拼音首字母"
    new: ClassVar[tuple[tuple[str, str], ...]] = ()

    def keeps(self, scope: Scope) -> Verdict:
        return may_keep_items(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **{"tabs": service_tabs(self.route),
               "actions": keeping(self.keeps(self.scope), *self.new), **kwargs}
        )  # fmt: skip


class ServiceItemListView(ServiceList):
    page_note = "集采耗材对应的医疗服务项目：价格、周边和全国中位价、关联耗材（S2-9）"
    filterset_class = ServiceItemFilter
    default_sort = "code"
    route, export_route, sheet_name = "service-items", "service-items-export", "医疗服务项目"
    bar = ("category", "below", "way")
    new = (("service-item-new", "登记项目"), ("service-items-upload", "Excel 批量"))

    columns: ClassVar[tuple[Column, ...]] = (*ITEM_COLUMNS, CHARGED_COLUMN)

    def entry(self, scope: Scope) -> Verdict:
        """What one charges oneself is a column of hospitals only."""
        if scope.kind != "institution":
            self.columns = ITEM_COLUMNS  # type: ignore[misc]  # of this request
        return super().entry(scope)

    def everything(self, scope: Scope) -> QuerySet[ServiceItem]:
        today = timezone.localdate()
        ties = Count("consumables", filter=holding(today, "consumables__"), distinct=True)
        return with_own_prices(visible_service_items(scope), scope, today).annotate(tie_count=ties)

    def rows(self, objects: Iterable[Any]) -> list[Any]:
        found = list(objects)
        if self.scope.kind == "institution":
            applied = applied_prices(self.scope, [row.pk for row in found], timezone.localdate())
            for row in found:
                row.applied = applied.get(row.pk)
        return found


class ServiceItemExportView(ExportMixin, ServiceItemListView):
    pass


class ServicePriceListView(ServiceList):
    page_note = "省级和设区市各自的现行价格；周边、全国中位价注明来源和日期，是调价评估的参照"
    filterset_class = ServicePriceFilter
    columns = PRICE_COLUMNS
    default_sort = "-from"
    route, export_route, sheet_name = "service-prices", "service-prices-export", "医疗服务价格"
    bar = ("kind", "period")
    new = (("service-price-new", "设定价格"), ("service-prices-upload", "Excel 批量"))

    def keeps(self, scope: Scope) -> Verdict:
        return may_price(scope)

    def everything(self, scope: Scope) -> QuerySet[ServicePrice]:
        return visible_service_prices(scope).select_related("item", "region")


class ServicePriceExportView(ExportMixin, ServicePriceListView):
    pass


class ServiceConsumableListView(ServiceList):
    page_note = "耗材与服务项目的关联：项目外单独收费，或含在项目价格内；每次用量和起止日"
    filterset_class = ServiceConsumableFilter
    columns = TIE_COLUMNS
    default_sort = "-from"
    route, export_route = "service-consumables", "service-consumables-export"
    sheet_name = "关联耗材"
    bar = ("way", "period")
    search_hint = "项目、品种、产品、编码、拼音首字母"
    new = (("service-consumable-new", "关联耗材"), ("service-consumables-upload", "Excel 批量"))

    def everything(self, scope: Scope) -> QuerySet[ServiceConsumable]:
        return visible_service_consumables(scope).select_related("item", "group", "product__group")


class ServiceConsumableExportView(ExportMixin, ServiceConsumableListView):
    pass


class ServiceItemView(ScopedDetailView):
    """One item: what it costs here and elsewhere, what is used in it, and what that costs."""

    template_name = "catalog/service_item.html"
    key_field = key = "code"

    def visible(self, scope: Scope) -> QuerySet[ServiceItem]:
        return with_own_prices(visible_service_items(scope), scope, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item: ServiceItem = kwargs["object"]
        item_code = f"?item_code={item.code}"
        actions = []
        if may_price(self.scope):
            actions.append({"label": "设定价格", "kind": "primary",
                            "url": reverse("service-price-new") + item_code})  # fmt: skip
        if may_keep_items(self.scope):
            actions += [
                {"label": "关联耗材", "url": reverse("service-consumable-new") + item_code},
                {"label": "修改项目", "url": f"{reverse('service-item-new')}?code={item.code}"},
            ]
        return super().get_context_data(
            **{
                **item_page(self.scope, item, timezone.localdate()),
                "actions": actions,
                "keeps": bool(may_keep_items(self.scope)),
                "end_form": EndForm(initial={"valid_to": timezone.localdate()}),
                "deferred_form": DeferredForm(),
                "breadcrumbs": [
                    {"label": TITLE, "url": reverse("service-items")}, {"label": item.code},
                ],
                "page_title": item.name,
                "page_note": f"{item.code} · {item.get_category_display()} · {item.unit}",
                **kwargs,
            }
        )  # fmt: skip


class ServiceFormView(OneFormView):
    """A form about services; the address fills in what it was opened on."""

    given: ClassVar[tuple[str, ...]] = ("item_code",)

    def known(self) -> KnownServices:
        return KnownServices(self.scope)

    def values(self, form: Any) -> dict[str, Any]:
        found: dict[str, Any] = form.values()
        return found

    def initial(self) -> dict[str, Any]:
        return {name: self.request.GET.get(name, "")[:40] for name in self.given}

    def _draft_key(self) -> str:
        given = "-".join(self.request.GET.get(name, "")[:40] for name in self.given)
        return f"{self.list_route}-new-{given}".rstrip("-")


class ServiceItemNewView(ServiceFormView):
    """A new item, or with `?code=` what is said of one; whoever saves second is told so."""

    page_title = "登记服务项目"
    page_note = "省级目录；同一编码再次保存即修改"
    form_class = ServiceItemForm
    list_route, list_label = "service-items", "服务项目"
    submit, done = "保存", "已保存"
    given = ("code",)

    def allowed(self, scope: Scope) -> Verdict:
        return may_keep_items(scope)

    def initial(self) -> dict[str, Any]:
        code = self.request.GET.get("code", "")[:20]
        held = visible_service_items(self.scope).filter(code=code).first()
        if held is None:
            return {"code": code}
        return {name: getattr(held, name) for name in ("code", "name", "unit", "category", "content")
                } | {"version": held.row_version}  # fmt: skip

    def make(self, values: dict[str, Any]) -> str:
        item = save_service_item(
            **{name: each for name, each in values.items() if name != "version"},
            seen_version=values.get("version"), by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return reverse("service-item", args=[item.code])


class ServicePriceNewView(ServiceFormView):
    page_title = "设定服务价格或中位价"
    page_note = "本地区的现行价格，或作为参照的周边、全国中位价；原来的到起始日为止"
    form_class = ServicePriceForm
    list_route, list_label = "service-prices", "价格与中位价"
    submit, done = "设定", "已设定"
    given = ("item_code", "kind")

    def allowed(self, scope: Scope) -> Verdict:
        return may_price(scope)

    def make(self, values: dict[str, Any]) -> str:
        row = set_service_price(by=self.user, scope=self.scope, at=timezone.now(), **values)
        return reverse("service-item", args=[row.item.code])


class ServiceConsumableNewView(ServiceFormView):
    page_title = "关联耗材"
    page_note = "同一耗材原来的关联到起始日为止；可填已经过去的起始日"
    form_class = ServiceConsumableForm
    list_route, list_label = "service-consumables", "关联耗材"
    submit, done = "关联", "已关联"
    given = ("item_code", "group_code", "product_code")

    def allowed(self, scope: Scope) -> Verdict:
        return may_keep_items(scope)

    def make(self, values: dict[str, Any]) -> str:
        row = tie_consumable(by=self.user, scope=self.scope, at=timezone.now(), **values)
        return reverse("service-item", args=[row.item.code])


class _RowStep(ScopedDetailView):
    """POST only: a day for one dated row, back to its item."""

    http_method_names = ("post", "options")
    key_field = key = "pk"
    form_class: ClassVar[type[Any]]
    done: ClassVar[str]

    def act(self, row: Any, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        form = self.form_class(request.POST)
        if not form.is_valid():
            field, errors = next(iter(form.errors.items()))
            return refusal_page(request, MissingInput(field, str(errors[0])), form)
        try:
            self.act(row, form.cleaned_data)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, self.done)
        return HttpResponseRedirect(reverse("service-item", args=[row.item.code]))


class ServiceConsumableEndView(_RowStep):
    form_class = EndForm
    done = "关联自该日起结束"

    def visible(self, scope: Scope) -> QuerySet[ServiceConsumable]:
        return visible_service_consumables(scope).select_related("item")

    def act(self, row: ServiceConsumable, values: dict[str, Any]) -> None:
        untie_consumable(row=row, by=self.user, scope=self.scope, at=timezone.now(), **values)


class ServicePriceDeferredView(_RowStep):
    form_class = DeferredForm
    done = "已设定暂缓机构的起始日"

    def visible(self, scope: Scope) -> QuerySet[ServicePrice]:
        return visible_service_prices(scope).select_related("item")

    def act(self, row: ServicePrice, values: dict[str, Any]) -> None:
        set_deferred_day(row=row, by=self.user, scope=self.scope, at=timezone.now(), **values)
