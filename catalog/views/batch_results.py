"""What a batch selected, which cases it leaves out, and the values that batches set themselves."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from catalog.filters import ExemptionFilter, OverrideFilter, SelectionFilter
from catalog.models import BatchParameter, Exemption, Selection
from catalog.queries.batch_page import batch_exemptions, override_rows
from catalog.queries.batch_rows import batch_options
from catalog.queries.selection_rows import (
    group_options,
    region_options,
    selection_rows,
    selections_with_period,
)
from catalog.queries.visible import visible_batch_parameters
from catalog.tables import EXEMPTION_COLUMNS, SELECTION_COLUMNS
from catalog.views.batches import OfBatch
from core.lists import columns as lists
from core.lists.address import chips, conditions, kept
from core.lists.keyset import capped_count, keyset_page
from core.lists.workbook import workbook_response
from core.transitions import MissingInput
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import EXPORT_LIMIT, ExportMixin, FilteredListView
from organisations.views.scoped import ScopedRows, ScopedTemplateView
from policy.queries.visible import visible_parameters
from policy.views.policies import policy_tabs

ORDER = ("product_id", "region_id", "id")


class SelectionRows(OfBatch, ScopedRows):
    """A batch's results as the address filters them."""

    request: HttpRequest
    tab = "batch-selections"

    def visible(self, scope: Scope) -> QuerySet[Selection]:
        rows = selections_with_period(scope).filter(batch=self.batch)
        self.filter = SelectionFilter(self.request.GET, queryset=rows, request=self.request)
        return self.filter.qs


class SelectionListView(SelectionRows, ScopedTemplateView):
    template_name = "catalog/batch_selections.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return self.render_to_response(self.get_context_data(**kwargs))
        except MissingInput as broken:
            return refusal_page(request, broken)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = self.request.GET
        found = self.get_queryset()
        page = keyset_page(found, order=ORDER, cursor=given.get("cursor", ""))
        count = capped_count(found)
        options = {
            "region": region_options(self.scope, self.batch),
            "group": group_options(self.scope, self.batch),
        }
        names = {
            name: {each["value"]: each["label"] for each in offered}
            for name, offered in options.items()
        }
        shown = lists.shown_keys(SELECTION_COLUMNS, given)
        export = reverse("batch-selections-export", args=[self.batch.code])
        return super().get_context_data(**kwargs) | {
            "rows": selection_rows(page.rows, self.scope, timezone.localdate()),
            "columns": lists.heads(SELECTION_COLUMNS, given, shown=shown, sort=""),
            "shown": shown,
            "choice": lists.choice(SELECTION_COLUMNS, shown),
            "kept": kept(given, ("columns", "cursor")),
            "newer_url": self._at(page.newer),
            "older_url": self._at(page.older),
            "total": count.number,
            "capped": count.capped,
            "filter": self.filter.form,
            "chips": chips(self.filter.form, given, names),
            "given": given,
            "options": options,
            "list_url": reverse("batch-selections", args=[self.batch.code]),
            "export_url": f"{export}?{conditions(given)}",
            **self.batch_context("中选结果"),
        }

    def _at(self, cursor: str) -> str:
        if not cursor:
            return ""
        query = self.request.GET.copy()
        query["cursor"] = cursor
        return f"?{query.urlencode()}"


class SelectionExportView(SelectionRows, ScopedTemplateView):
    """Exactly the filtered results as Excel."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.get_queryset()
        if capped_count(found, EXPORT_LIMIT).capped:
            reason = f"符合条件的超过 {EXPORT_LIMIT:,} 条，请按地区或品种筛选后分次导出"
            return refusal_page(request, MissingInput("q", reason))
        rows = selection_rows(
            found.order_by(*(f"-{name}" for name in ORDER)), self.scope, timezone.localdate()
        )
        return workbook_response(
            name=f"中选结果_{self.batch.code}_{timezone.localdate():%Y%m%d}",
            columns=lists.sheet(SELECTION_COLUMNS),
            rows=lists.cells(SELECTION_COLUMNS, rows),
        )


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
