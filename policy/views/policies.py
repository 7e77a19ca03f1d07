"""Policies to read: the list, one policy's values, policies side by side, one parameter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView
from policy.filters import ParameterValueFilter
from policy.models import Parameter, ParameterValue, Policy
from policy.queries.changes import may_propose, visible_changes
from policy.queries.policy_page import (
    ValueRow,
    comparison,
    documents,
    in_force_on,
    parameter_history,
    policy_cards,
    value_rows,
    values_with_sources,
)
from policy.queries.visible import visible_parameters, visible_policies
from policy.tables import VALUE_COLUMNS


def policy_tabs(active: str, scope: Scope | None = None) -> list[dict[str, Any]]:
    """The pages of the policies; the batches' own values are shown by the catalogue."""
    pages = [
        ("policy-list", "政策一览"),
        ("policy-compare", "政策对照"),
        ("override-list", "批次另行规定"),
    ]
    if scope is not None and scope.is_province_bureau:
        pages.append(("value-changes", "参数调整"))
    return [
        {"label": label, "url": reverse(route), "active": route == active} for route, label in pages
    ]


class PolicyListView(ScopedTemplateView):
    template_name = "policy/policy_list.html"
    page_title = "政策与参数"
    page_note = "监测、预警、结算所用的每个数值，都由某一政策规定，写明自何日起、依据哪一条"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            cards=policy_cards(self.scope, timezone.localdate()),
            documents=documents(self.scope),
            tabs=policy_tabs("policy-list", self.scope),
            **kwargs,
        )


class PolicyValuesView(FilteredListView):
    """One policy on one day, today unless the address names another."""

    template_name = "policy/policy_detail.html"
    filterset_class = ParameterValueFilter
    columns = VALUE_COLUMNS
    default_sort = ""
    route = "policy-detail"
    export_route = "policy-export"
    sheet_name = "政策参数"
    paginate_by = 200

    @cached_property
    def policy(self) -> Policy:
        found = visible_policies(self.scope).filter(code=self.kwargs["code"])
        policy = found.select_related("document").first()
        if policy is None:
            raise Http404
        return policy

    def everything(self, scope: Scope) -> QuerySet[ParameterValue]:
        return values_with_sources(scope).filter(policy=self.policy)

    def visible(self, scope: Scope) -> QuerySet[Any]:
        found = super().visible(scope)
        if not self.filter.form.cleaned_data.get("on"):
            found = in_force_on(found, timezone.localdate())
        return found.order_by("parameter__position", "parameter__key")

    def rows(self, objects: Iterable[Any]) -> list[ValueRow]:
        return value_rows(objects)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        policy = self.policy
        return super().get_context_data(**kwargs) | {
            "policy": policy,
            "page_title": policy.name,
            "page_note": str(policy.document),
            "on": self.filter.form.cleaned_data.get("on") or timezone.localdate(),
            "breadcrumbs": [
                {"label": "政策与参数", "url": reverse("policy-list")},
                {"label": policy.name},
            ],
        }


class PolicyExportView(ExportMixin, PolicyValuesView):
    pass


class PolicyCompareView(ScopedTemplateView):
    template_name = "policy/policy_compare.html"
    page_title = "政策与参数"
    page_note = "同一参数在各政策中的取值并列；取值不同的行有标记"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        differing = self.request.GET.get("differs") == "1"
        chosen = self.request.GET.getlist("policy")
        on = timezone.localdate()
        return super().get_context_data(
            table=comparison(self.scope, on, codes=chosen, only_differing=differing),
            policies=visible_policies(self.scope).order_by("province_code", "effective_from"),
            chosen=chosen,
            differing=differing,
            tabs=policy_tabs("policy-compare", self.scope),
            **kwargs,
        )


class ParameterView(ScopedDetailView):
    template_name = "policy/parameter_detail.html"
    key_field: ClassVar[str] = "key"
    request: HttpRequest

    def visible(self, scope: Scope) -> QuerySet[Parameter]:
        return visible_parameters(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parameter: Parameter = kwargs["object"]
        on: date = timezone.localdate()
        return super().get_context_data(
            histories=parameter_history(self.scope, parameter, on),
            on=on,
            edits={
                policy.code: reverse("value-change-new", args=[policy.code, parameter.key])
                for policy in visible_policies(self.scope)
                if may_propose(self.scope, policy)
            },
            pending=visible_changes(self.scope).filter(parameter=parameter, state="proposed"),
            overrides_url=f"{reverse('override-list')}?parameter={parameter.key}",
            breadcrumbs=[
                {"label": "政策与参数", "url": reverse("policy-list")},
                {"label": parameter.label},
            ],
            **{**kwargs, "page_title": parameter.label, "page_note": parameter.meaning},
        )
