"""The signing of a batch's agreements, as a fragment of the batch's page or a page of its own."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from catalog.models import Batch
from catalog.queries.visible import visible_batches
from contracts.queries.signing import signing_progress
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView


class BatchSigningView(ScopedDetailView):
    key_field = "code"
    key = "code"

    def visible(self, scope: Scope) -> QuerySet[Batch]:
        return visible_batches(scope)

    def get_template_names(self) -> list[str]:
        part = self.request.headers.get("HX-Request") == "true"
        return ["contracts/_signing.html" if part else "contracts/batch_signing.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        batch: Batch = kwargs["object"]
        return super().get_context_data(
            years=signing_progress(self.scope, batch),
            breadcrumbs=[
                {"label": "采购批次", "url": reverse("batch-list")},
                {"label": batch.code, "url": reverse("batch-detail", args=[batch.code])},
                {"label": "协议签订进度"},
            ],
            **{**kwargs, "page_title": f"{batch.name} · 协议签订进度"},
        )
