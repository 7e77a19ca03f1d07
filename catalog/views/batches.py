"""Batches: the list that everybody reads, and what binds one batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from catalog.filters import BatchFilter
from catalog.models import Batch
from catalog.queries.batch_drafts import (
    document_items,
    publication_of,
    visible_batch_documents,
)
from catalog.queries.batch_page import bound_values, publish_lead, year_rows
from catalog.queries.batch_rows import (
    BatchRow,
    batch_rows,
    batches_with_counts,
    policy_options,
)
from catalog.queries.override_changes import changes_of_batch, period_rows
from catalog.queries.second_person import may_change_batch
from catalog.queries.visible import visible_batches
from catalog.tables import BATCH_COLUMNS
from organisations.queries.scope import Scope
from organisations.views.files import kept_file
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView


class BatchListView(FilteredListView):
    template_name = "catalog/batch_list.html"
    page_title = "采购批次"
    page_note = "每个批次的公布、导入、执行和截止日期，以及正在执行的采购年度；所有业务用户可查"
    filterset_class = BatchFilter
    columns = BATCH_COLUMNS
    default_sort = "-effective"
    route = "batch-list"
    export_route = "batch-export"
    sheet_name = "采购批次"

    def everything(self, scope: Scope) -> QuerySet[Batch]:
        return batches_with_counts(scope)

    def rows(self, objects: Iterable[Any]) -> list[BatchRow]:
        return batch_rows(objects, timezone.localdate())

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"policy": policy_options(self.scope)}


class BatchExportView(ExportMixin, BatchListView):
    pass


class OfBatch:
    """Pages below one batch: the batch, its tabs and the way back."""

    scope: Scope
    kwargs: dict[str, Any]
    tab: ClassVar[str] = "batch-detail"

    @cached_property
    def batch(self) -> Batch:
        found = visible_batches(self.scope).filter(code=self.kwargs["code"])
        batch = found.select_related("policy").first()
        if batch is None:
            raise Http404
        return batch

    def batch_context(self, label: str = "") -> dict[str, Any]:
        crumbs = [
            {"label": "采购批次", "url": reverse("batch-list")},
            {"label": self.batch.code, "url": reverse("batch-detail", args=[self.batch.code])},
        ]
        tail = {"label": label} if label else {"label": self.batch.code}
        return {
            "batch": self.batch,
            "page_title": self.batch.name,
            "page_note": "",
            "tabs": batch_tabs(self.batch, self.tab),
            "breadcrumbs": [*crumbs, tail] if label else [crumbs[0], tail],
        }


def batch_tabs(batch: Batch, active: str) -> list[dict[str, Any]]:
    pages = (
        ("batch-detail", "概况"),
        ("batch-selections", "中选结果"),
        ("batch-result-changes", "结果变更"),
        ("batch-preparation", "落地准备"),
        ("batch-parameters", "执行参数"),
        ("batch-exemptions", "考核豁免"),
    )
    return [
        {"label": label, "url": reverse(route, args=[batch.code]), "active": route == active}
        for route, label in pages
    ]


class BatchDetailView(OfBatch, ScopedDetailView):
    template_name = "catalog/batch_detail.html"
    key_field = "code"
    key = "code"

    def visible(self, scope: Scope) -> QuerySet[Batch]:
        return batches_with_counts(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch: Batch = kwargs["object"]
        self.batch = batch
        today = timezone.localdate()
        values = bound_values(self.scope, batch, today)
        return super().get_context_data(**kwargs) | {
            "row": batch_rows([batch], today)[0],
            "years": year_rows(self.scope, batch, today),
            "lead": publish_lead(batch, today),
            "own_values": [row for row in values.rows if row.overridden],
            "values_problem": values.problem,
            "publication": publication_of(self.scope, batch),
            "documents": document_items(self.scope, batch),
            **self.batch_context(),
        }


class BatchDocumentView(OfBatch, ScopedDetailView):
    """A part of the execution document, for everybody who reads the batch."""

    key_field = "code"
    key = "code"
    http_method_names = ["get"]

    def visible(self, scope: Scope) -> QuerySet[Batch]:
        return visible_batches(scope)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = visible_batch_documents(self.scope).filter(
            draft__batch=self.get_object(), part=self.kwargs["part"]
        )
        held = found.select_related("attachment__file").first()
        return kept_file(request, held.attachment if held else None)


class BatchParametersView(OfBatch, ScopedDetailView):
    """Every value that binds the batch, each with its clause."""

    template_name = "catalog/batch_parameters.html"
    key_field = "code"
    key = "code"
    tab = "batch-parameters"

    def visible(self, scope: Scope) -> QuerySet[Batch]:
        return visible_batches(scope).select_related("policy")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.batch = kwargs["object"]
        values = bound_values(self.scope, self.batch, timezone.localdate())
        own_only = self.request.GET.get("own") == "1"
        rows = [row for row in values.rows if row.overridden] if own_only else values.rows
        return super().get_context_data(**kwargs) | {
            "values": values,
            "rows": rows,
            "own_only": own_only,
            "may_change": may_change_batch(self.scope, self.batch).ok,
            "periods": period_rows(self.scope, self.batch, timezone.localdate()),
            "open_changes": changes_of_batch(self.scope, self.batch, timezone.localdate()),
            **self.batch_context("执行参数"),
        }
