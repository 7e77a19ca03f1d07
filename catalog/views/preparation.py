"""落地准备 of a batch: each product with what it still needs, whose it is, and by when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.filters.preparation import PreparationFilter
from catalog.models import Batch, Product
from catalog.operations.remind_preparation import ask_to_prepare
from catalog.queries.preparation import (
    PreparationRow,
    due_items,
    preparation_rows,
    products_of,
)
from catalog.queries.second_person import may_change_batch
from catalog.queries.visible import visible_batches
from catalog.tables.preparation import PREPARATION_COLUMNS
from catalog.views.batches import OfBatch
from core.transitions import Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView


class PreparationView(OfBatch, FilteredListView):
    template_name = "catalog/batch_preparation.html"
    filterset_class = PreparationFilter
    columns = PREPARATION_COLUMNS
    default_sort = "product"
    route = "batch-preparation"
    export_route = "batch-preparation-export"
    bar = ("missing",)
    search_hint = "产品、编码、生产企业"
    tab = "batch-preparation"

    @property
    def sheet_name(self) -> str:  # type: ignore[override]
        return f"落地准备_{self.batch.code}"

    def everything(self, scope: Scope) -> QuerySet[Product]:
        return products_of(scope, self.batch)

    def rows(self, objects: Iterable[Any]) -> list[PreparationRow]:
        return preparation_rows(self.scope, self.batch, objects)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "due": due_items(self.batch),
            "may_remind": may_change_batch(self.scope, self.batch).ok,
            **self.batch_context("落地准备"),
        }


class PreparationExportView(ExportMixin, PreparationView):
    """Exactly the filtered products as Excel."""


class PreparationRemindView(OfBatch, ScopedDetailView):
    """Ask the owners again."""

    http_method_names = ["post"]
    key_field = "code"
    key = "code"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[Batch]:
        return visible_batches(scope).select_related("policy")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        batch: Batch = self.get_object()
        try:
            told = ask_to_prepare(batch=batch, by=self.user, scope=self.scope, at=timezone.now())
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, f"已通知 {told} 家生产企业")
        return HttpResponseRedirect(reverse("batch-preparation", args=[batch.code]))
