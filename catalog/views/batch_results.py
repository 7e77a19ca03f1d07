"""What a batch selected, which cases it leaves out, and the values that batches set themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from catalog.filters import ExemptionFilter, OverrideFilter, SelectionFilter
from catalog.models import BatchParameter, Exemption, Selection
from catalog.queries.batch_page import batch_exemptions, override_rows
from catalog.queries.batch_rows import batch_options
from catalog.queries.overrides import holding
from catalog.queries.selection_rows import (
    group_options,
    region_options,
    selection_rows,
    selections_with_period,
)
from catalog.queries.visible import visible_batch_parameters
from catalog.tables import EXEMPTION_COLUMNS, SELECTION_COLUMNS
from catalog.views.batches import OfBatch
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedTemplateView
from policy.queries.visible import visible_parameters
from policy.views.policies import policy_tabs


class SelectionListView(OfBatch, FilteredListView):
    """A batch's results, by product and region."""

    template_name = "catalog/batch_selections.html"
    filterset_class = SelectionFilter
    columns = SELECTION_COLUMNS
    default_sort = ""
    keyset = ("product_id", "region_id", "id")
    route = "batch-selections"
    export_route = "batch-selections-export"
    tab = "batch-selections"

    @property
    def sheet_name(self) -> str:  # type: ignore[override]
        return f"中选结果_{self.batch.code}"

    def everything(self, scope: Scope) -> QuerySet[Selection]:
        return selections_with_period(scope).filter(batch=self.batch)

    def rows(self, objects: Iterable[Any]) -> list[Any]:
        return selection_rows(
            objects, self.scope, timezone.localdate(), published_on=self.batch.issued_on
        )

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {
            "region": region_options(self.scope, self.batch),
            "group": group_options(self.scope, self.batch),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.batch_context("中选结果")


class SelectionExportView(ExportMixin, SelectionListView):
    """Exactly the filtered results as Excel."""


class ExemptionListView(OfBatch, FilteredListView):
    template_name = "catalog/batch_exemptions.html"
    filterset_class = ExemptionFilter
    columns = EXEMPTION_COLUMNS
    default_sort = "number"
    route = "batch-exemptions"
    export_route = "batch-exemptions-export"
    sheet_name = "考核豁免"
    tab = "batch-exemptions"

    def everything(self, scope: Scope) -> QuerySet[Exemption]:
        return batch_exemptions(scope, self.batch)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | self.batch_context("考核豁免")


class ExemptionExportView(ExportMixin, ExemptionListView):
    pass


class OverrideListView(ScopedTemplateView):
    """The values that execution documents set for their batches, beside the policies'."""

    template_name = "catalog/override_list.html"
    page_title = "政策与参数"
    page_note = "批次执行文件另行规定的取值优先于政策的取值，只对该批次有效"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows: QuerySet[BatchParameter] = (
            visible_batch_parameters(self.scope)
            .filter(holding(timezone.localdate()))
            .select_related("batch__policy")
            .order_by("-batch__effective_on", "batch__code", "parameter")
        )
        chosen = OverrideFilter(self.request.GET, queryset=rows, request=self.request)
        parameters = visible_parameters(self.scope).values_list("key", "label")
        return super().get_context_data(
            rows=override_rows(self.scope, chosen.qs, timezone.localdate()),
            given=self.request.GET,
            batches=batch_options(self.scope),
            parameters=[{"value": key, "label": label} for key, label in parameters],
            tabs=policy_tabs("override-list"),
            **kwargs,
        )
