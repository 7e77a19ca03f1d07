"""Inspections, samples, and which manufacturers of selected products were not inspected yet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.filters.quality import CoverageFilter, InspectionFilter, SamplingFilter
from catalog.forms.quality import FollowUpForm, InspectionForm, SamplingForm
from catalog.models import Inspection, Sampling
from catalog.operations.inspections import (
    NewInspection,
    NewSampling,
    record_follow_up,
    record_inspections,
    record_samplings,
)
from catalog.queries.coverage import sees_coverage, selected_manufacturers
from catalog.queries.quality import may_hold, may_record, visible_inspections, visible_samplings
from catalog.queries.steps import steps_of
from catalog.states.quality import RESULT_LEVELS
from catalog.tables.quality import COVERAGE_COLUMNS, INSPECTION_COLUMNS, SAMPLING_COLUMNS
from catalog.views.quality import OneFormView, StepView, quality_tabs
from core.transitions import Verdict
from organisations.models import Organisation
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

STEPS = {"inspection.record": "登记检查", "inspection.follow_up": "登记跟踪"}
SAMPLING_STEPS = {"sampling.record": "登记抽检"}


def recording_actions(scope: Scope, *routes: tuple[str, str]) -> list[dict[str, Any]]:
    """Buttons of those who may enter; nobody else has a use for them."""
    if not may_record(scope):
        return []
    kinds = ["primary", *[""] * len(routes)]
    return [
        {"label": label, "url": reverse(route), "kind": kind}
        for (route, label), kind in zip(routes, kinds, strict=False)
    ]


class InspectionListView(FilteredListView):
    page_title = "质量与召回"
    page_note = "药监部门对企业的监督检查；整改情况在同一次检查下跟踪"
    filterset_class = InspectionFilter
    columns = INSPECTION_COLUMNS
    default_sort = "-day"
    route, export_route, sheet_name = "inspections", "inspections-export", "监督检查"
    bar = ("result", "since", "until")
    search_hint = "企业、编号、拼音首字母"
    empty_text = "还没有登记，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[Inspection]:
        return visible_inspections(scope).select_related("enterprise", "regulator")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tabs=quality_tabs(self.route, self.scope),
            actions=recording_actions(
                self.scope, ("inspection-new", "登记检查"), ("inspection-upload", "Excel 批量登记")
            ),
            **kwargs,
        )


class InspectionExportView(ExportMixin, InspectionListView):
    pass


class InspectionNewView(OneFormView):
    page_title = "登记监督检查"
    form_class = InspectionForm
    list_route, list_label = "inspections", "监督检查"

    def allowed(self, scope: Scope) -> Verdict:
        return may_record(scope)

    def make(self, values: dict[str, Any]) -> str:
        enterprise = values.pop("enterprise_code")
        (row,) = record_inspections(
            inspections=[NewInspection(enterprise=enterprise, **values)],
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return reverse("inspection", args=[row.inspection_no])


class InspectionView(ScopedDetailView):
    template_name = "catalog/quality_object.html"
    key_field = key = "inspection_no"

    def visible(self, scope: Scope) -> QuerySet[Inspection]:
        return visible_inspections(scope).select_related("enterprise", "regulator")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Inspection = kwargs["object"]
        own = bool(may_record(self.scope)) and row.regulator_id == self.scope.organisation_id
        form = kwargs.pop("failed", None) or FollowUpForm(
            initial={"followed_up_on": timezone.localdate(), "version": row.row_version}
        )
        forms = [
            {
                "id": "follow-up", "title": "登记跟踪情况", "form": form, "submit": "登记",
                "url": reverse("inspection-follow-up", args=[row.inspection_no]),
                "draft": f"follow-up-{row.inspection_no}",
            }
        ]  # fmt: skip
        return super().get_context_data(
            state={"words": row.get_result_display(), "level": RESULT_LEVELS[row.result],
                   "until": row.rectify_by if not row.follow_up else None},
            facts=_inspection_facts(row),
            step_forms=forms if own else [],
            timeline=steps_of("inspection", row.pk, STEPS),
            breadcrumbs=[{"label": "监督检查", "url": reverse("inspections")},
                         {"label": row.inspection_no}],
            **{**kwargs, "page_title": f"{row.enterprise.name} 监督检查"},
        )  # fmt: skip


def _inspection_facts(row: Inspection) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": "编号", "value": row.inspection_no},
        {"label": "检查日期", "value": f"{row.inspected_on:%Y-%m-%d}"},
        {"label": "被检查企业", "value": f"{row.enterprise.name}（{row.enterprise.code}）"},
        {"label": "药监部门", "value": row.regulator.name},
        {"label": "整改期限", "value": f"{row.rectify_by:%Y-%m-%d}" if row.rectify_by else "—"},
        {"label": "检查范围", "value": row.coverage},
        {"label": "检查发现", "value": row.findings, "wide": True},
    ]
    if row.followed_up_on:
        words = f"{row.followed_up_on:%Y-%m-%d}　{row.follow_up}"
        facts.append({"label": "跟踪情况", "value": words, "wide": True})
    return facts


class InspectionFollowUpView(StepView, InspectionView):
    form_class = FollowUpForm
    done = "跟踪情况已登记"

    def address_of(self, row: Inspection) -> str:
        return reverse("inspection", args=[row.inspection_no])

    def act(self, row: Inspection, values: dict[str, Any]) -> None:
        record_follow_up(
            inspection=row, follow_up=values["follow_up"], followed_up_on=values["followed_up_on"],
            by=self.user, scope=self.scope, at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class SamplingListView(FilteredListView):
    page_title = "质量与召回"
    page_note = "对中选产品的抽检；不合格的即时通知生产企业，可据此暂停使用或召回"
    filterset_class = SamplingFilter
    columns = SAMPLING_COLUMNS
    default_sort = "-day"
    route, export_route, sheet_name = "samplings", "samplings-export", "抽检结果"
    bar = ("result", "lot_no", "since")
    search_hint = "产品、企业、报告号、拼音首字母"
    empty_text = "还没有登记，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[Sampling]:
        return visible_samplings(scope).select_related(
            "product", "manufacturer", "drawn_from", "regulator"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            tabs=quality_tabs(self.route, self.scope),
            actions=recording_actions(
                self.scope, ("sampling-new", "登记抽检"), ("sampling-upload", "Excel 批量登记")
            ),
            **kwargs,
        )


class SamplingExportView(ExportMixin, SamplingListView):
    pass


class SamplingNewView(OneFormView):
    page_title = "登记抽检结果"
    form_class = SamplingForm
    list_route, list_label = "samplings", "抽检结果"

    def allowed(self, scope: Scope) -> Verdict:
        return may_record(scope)

    def make(self, values: dict[str, Any]) -> str:
        product, drawn_from = values.pop("product_code"), values.pop("drawn_from_code")
        (row,) = record_samplings(
            samplings=[NewSampling(product=product, drawn_from=drawn_from, **values)],
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return reverse("sampling", args=[row.sampling_no])


class SamplingView(ScopedDetailView):
    template_name = "catalog/quality_object.html"
    key_field = key = "sampling_no"

    def visible(self, scope: Scope) -> QuerySet[Sampling]:
        return visible_samplings(scope).select_related(
            "product", "manufacturer", "drawn_from", "regulator"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Sampling = kwargs["object"]
        facts = [
            {"label": "编号", "value": row.sampling_no},
            {"label": "抽样日期", "value": f"{row.sampled_on:%Y-%m-%d}"},
            {"label": "产品", "value": f"{row.product}（{row.product.code}）",
             "url": reverse("product-detail", args=[row.product.code])},
            {"label": "批号", "value": row.lot_no},
            {"label": "生产企业", "value": row.manufacturer.name},
            {"label": "被抽样单位", "value": row.drawn_from.name},
            {"label": "检验报告号", "value": row.paper_no},
            {"label": "药监部门", "value": row.regulator.name},
            {"label": "不合格项目", "value": row.failed_items or "—", "wide": True},
        ]  # fmt: skip
        return super().get_context_data(
            state={"words": row.get_result_display(), "level": RESULT_LEVELS[row.result]},
            facts=facts,
            actions=self._next(row),
            step_forms=[],
            timeline=steps_of("sampling", row.pk, SAMPLING_STEPS),
            breadcrumbs=[{"label": "抽检结果", "url": reverse("samplings")},
                         {"label": row.sampling_no}],
            **{**kwargs, "page_title": f"{row.product} 抽检"},
        )  # fmt: skip

    def _next(self, row: Sampling) -> list[dict[str, Any]]:
        """What failed may be held back at once, the product and its lot filled in."""
        if row.result != Sampling.Result.FAIL or not may_hold(self.scope):
            return []
        given = urlencode({"product_code": row.product.code, "lot_no": row.lot_no,
                           "basis": row.paper_no})  # fmt: skip
        url = f"{reverse('quality-hold-new')}?{given}"
        return [{"label": "暂停使用", "url": url, "kind": "primary"}]


class CoverageListView(FilteredListView):
    page_title = "质量与召回"
    page_note = "现行批次中选产品的生产企业，今年是否检查过；要求全部覆盖（S2-18.5）"
    filterset_class = CoverageFilter
    columns = COVERAGE_COLUMNS
    default_sort = "covered"
    route, export_route = "inspection-coverage", "inspection-coverage-export"
    sheet_name = "检查覆盖"
    bar = ("covered",)
    search_hint = "企业、信用代码、拼音首字母"

    def exists_for(self, scope: Scope) -> bool:
        return sees_coverage(scope)

    def everything(self, scope: Scope) -> QuerySet[Organisation]:
        return selected_manufacturers(scope, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=quality_tabs(self.route, self.scope), **kwargs)


class CoverageExportView(ExportMixin, CoverageListView):
    pass
