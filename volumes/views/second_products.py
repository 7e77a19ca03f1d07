"""一品两规: what was decided, and the page on which an institution decides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.models import Group
from catalog.queries.visible import visible_groups
from core.transitions import ALLOWED, MissingInput, Refusal, Verdict
from core.views.conflict import checked_version
from core.views.errors import refusal_page
from core.workdays.deadlines import shanghai_day
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedTemplateView
from volumes.filters import SecondProductFilter
from volumes.forms import SecondProductForm
from volumes.models import SecondProductChoice
from volumes.operations.second_products import NONE, NOT_YOURS, choose_second
from volumes.queries.second_products import group_products, second_choices, standing_choice
from volumes.queries.standings import ACTING_ROLES
from volumes.queries.visible import sees_reports
from volumes.tables import SECOND_COLUMNS

LABEL = "一品两规"


class SecondProductListView(FilteredListView):
    page_title = LABEL
    page_note = "中选产品以外的第二规：应优先选用备供企业的产品，选用其他产品的写明原因"
    filterset_class = SecondProductFilter
    columns = SECOND_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "second-products", "second-products-export", LABEL
    bar = ("basis", "stands")
    search_hint = "品种、医疗机构、拼音首字母"
    empty_text = "医疗机构登记第二规以后列在这里。"

    def exists_for(self, scope: Scope) -> bool:
        return sees_reports(scope)

    def everything(self, scope: Scope) -> QuerySet[SecondProductChoice]:
        return second_choices(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.scope.kind == "institution" and self.scope.has_role(*ACTING_ROLES):
            kwargs["actions"] = [
                {"label": "登记第二规", "icon": "plus", "kind": "primary",
                 "url": reverse("second-product-new")}
            ]  # fmt: skip
        return super().get_context_data(**kwargs)


class SecondProductExportView(ExportMixin, SecondProductListView):
    pass


class SecondProductNewView(ScopedTemplateView):
    """First the group's code, then its products with the standby ones first."""

    template_name = "volumes/second_product.html"
    page_title = "登记第二规"
    page_note = "选用中选产品以外的同通用名产品，优先选备供企业的产品（赣医保字〔2024〕22号 二）"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind == "institution"

    def entry(self, scope: Scope) -> Verdict:
        return ALLOWED if scope.has_role(*ACTING_ROLES) else Verdict(False, NOT_YOURS)

    def asked(self) -> Group | None:
        """The group that the address or the form names."""
        code = self.request.POST.get("group") or self.request.GET.get("group") or ""
        found: Group | None = visible_groups(self.scope).filter(code=code.strip()[:40]).first()
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        group, typed = self.asked(), self.request.GET.get("group", "").strip()
        context: dict[str, Any] = {
            "group": group,
            "unknown": typed if group is None else "",
            "none": NONE,
            "breadcrumbs": [{"label": LABEL, "url": reverse("second-products")}, {"label": "登记"}],
        }
        if group is not None:
            standing = standing_choice(self.scope.organisation_id, group.pk)
            products = group_products(group, self.user.organisation, shanghai_day(timezone.now()))
            context |= {
                "standing": standing,
                "products": products,
                "standby": sum(each.role == "standby" for each in products),
                "form": SecondProductForm(initial={"version": standing.pk if standing else 0}),
            }
        return super().get_context_data(**{**context, **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        group, form = self.asked(), SecondProductForm(request.POST)
        if group is None:
            context = self.get_context_data(unknown=request.POST.get("group", "")[:40] or "（空）")
            return self.render_to_response(context, status=400)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        values = form.cleaned_data
        try:
            choose_second(
                group=group, product_code=values["product_code"],
                reason_code=values["reason_code"], explanation=values["explanation"],
                by=self.user, scope=self.scope, at=timezone.now(),
                seen_version=checked_version(request, least=0),
            )  # fmt: skip
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self.render_to_response(self.get_context_data(form=form), status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, "已登记")
        return HttpResponseRedirect(reverse("second-products"))
