"""Changes of a batch's results: all of a batch, a new one, one with its steps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.forms.result_change import ResultChangeForm
from catalog.models import Batch, ResultChange
from catalog.operations.change_result import (
    confirm_result,
    propose_result,
    return_result,
    revoke_result,
    withdraw_result,
)
from catalog.queries.result_changes import (
    changes_of_results,
    regions_of_province,
    result_change_row,
    result_offers,
    visible_result_changes,
    with_names,
)
from catalog.queries.second_person import may_change_batch
from catalog.queries.visible import visible_batches, visible_products
from catalog.states.result_change import RESULT_MACHINE
from catalog.views.batches import OfBatch
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView
from policy.views.change_step import ChangeStepView, change_frame


class BatchChangesView(OfBatch, ScopedDetailView):
    """What changed in a batch's results since it was published."""

    template_name = "catalog/batch_result_changes.html"
    key_field = "code"
    key = "code"
    tab = "batch-result-changes"

    def visible(self, scope: Scope) -> QuerySet[Batch]:
        return visible_batches(scope).select_related("policy")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.batch = kwargs["object"]
        today = timezone.localdate()
        return super().get_context_data(**kwargs) | {
            "rows": changes_of_results(self.scope, self.batch, today),
            "may_change": may_change_batch(self.scope, self.batch).ok,
            **self.batch_context("结果变更"),
        }


class ResultNewView(OfBatch, ScopedTemplateView):
    """The form; those without the right are told why not."""

    template_name = "catalog/result_change_new.html"
    tab = "batch-result-changes"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = may_change_batch(self.scope, self.batch)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        return self.render_to_response(self._context(self._form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = may_change_batch(self.scope, self.batch)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self._context(form), status=400)
        try:
            change = self._proposed(form.cleaned_data)
        except Refusal as refusal:
            field = refusal.field if isinstance(refusal, MissingInput) else None
            form.add_error(field if field in form.fields else None, refusal.reason)
            return self.render_to_response(self._context(form), status=refusal.status)
        messages.success(request, "已提出，由本局另一位审核或负责人确认后生效")
        return HttpResponseRedirect(reverse("result-change", args=[change.change_no]))

    def _proposed(self, values: dict[str, Any]) -> ResultChange:
        regions = {each.code: each for each in regions_of_province(self.scope)}
        product = visible_products(self.scope).filter(code=values["product"].strip()).first()
        if product is None:
            raise MissingInput("product", "平台没有这个产品，请核对编码")
        return propose_result(
            batch=self.batch, kind=values["kind"], product=product,
            region=regions[values["region"]], new_region=regions.get(values["new_region"]),
            role=values["role"] or "selected", price=values["price"],
            effective_on=values["effective_on"], clause=values["clause"], reason=values["reason"],
            by=self.user, scope=self.scope, at=timezone.now(),
        )  # fmt: skip

    def _form(self, data: Any = None) -> ResultChangeForm:
        given = {key: self.request.GET.get(key, "")[:40] for key in ("product", "region", "kind")}
        return ResultChangeForm(data, regions=regions_of_province(self.scope), initial=given)

    def _context(self, form: ResultChangeForm) -> dict[str, Any]:
        title = {"page_title": "变更中选结果", "page_note": self.batch.name}
        return self.get_context_data(form=form, **(self.batch_context("结果变更") | title))


class ResultChangeView(ScopedDetailView):
    object: ResultChange
    template_name = "catalog/result_change.html"
    key_field: ClassVar[str] = "change_no"
    key: ClassVar[str] = "change_no"

    def visible(self, scope: Scope) -> QuerySet[ResultChange]:
        return with_names(visible_result_changes(scope))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        change: ResultChange = kwargs["object"]
        row = result_change_row(change, timezone.localdate())
        return super().get_context_data(
            **{
                "row": row,
                **change_frame(
                    self.scope,
                    RESULT_MACHINE,
                    change,
                    result_offers(self.scope, change),
                    route="result-change",
                    starts_on=change.effective_on,
                    again=reverse("result-change-new", args=[change.batch.code]),
                ),
                "breadcrumbs": [
                    {"label": "采购批次", "url": reverse("batch-list")},
                    {
                        "label": change.batch.code,
                        "url": reverse("batch-result-changes", args=[change.batch.code]),
                    },
                    {"label": change.change_no},
                ],
                "page_title": f"{change.get_kind_display()}：{change.product}",
                "page_note": f"{change.batch.name} · {change.change_no}",
                **kwargs,
            }
        )


class ResultActView(ChangeStepView, ResultChangeView):
    page_route = "result-change"


class ResultConfirmView(ResultActView):
    done = "已确认，自生效日起按新结果；有关单位已收到通知"

    def act(self, change: ResultChange, values: dict[str, Any]) -> None:
        confirm_result(
            change=change, by=self.user, scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip


class ResultReturnView(ResultActView):
    done = "已退回提出人"

    def act(self, change: ResultChange, values: dict[str, Any]) -> None:
        return_result(
            change=change, note=values["note"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class ResultWithdrawView(ResultActView):
    done = "已撤回"

    def act(self, change: ResultChange, values: dict[str, Any]) -> None:
        withdraw_result(change=change, by=self.user, scope=self.scope, at=timezone.now())


class ResultRevokeView(ResultActView):
    done = "已撤销，原结果继续执行；有关单位已收到通知"

    def act(self, change: ResultChange, values: dict[str, Any]) -> None:
        revoke_result(
            change=change, note=values["note"], by=self.user, scope=self.scope, at=timezone.now()
        )
