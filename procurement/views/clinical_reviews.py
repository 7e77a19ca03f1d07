"""处方点评: reasons of non-selected orders, one with its results, and a result of the reviewer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedTemplateView
from procurement.filters.clinical_reviews import ClinicalReasonFilter
from procurement.forms.clinical_reviews import ClinicalReviewForm
from procurement.models import ClinicalReason
from procurement.operations.clinical_reviews import review_reason
from procurement.queries.clinical_reviews import may_review, reviewed_reasons, reviews_of
from procurement.tables.clinical_reviews import (
    CLINICAL_REASON_COLUMNS,
    LEVELS,
    result_words,
)


class ClinicalReasonListView(FilteredListView):
    page_title = "处方点评"
    page_note = "同品种有中选产品而采购非中选产品的，逐行列出临床理由和本机构的点评结果；不填日期时列最近 90 天"
    filterset_class = ClinicalReasonFilter
    columns = CLINICAL_REASON_COLUMNS
    default_sort = "-ordered"
    keyset = ("ordered_at", "id")
    route, export_route, sheet_name = "clinical-reasons", "clinical-reasons-export", "处方点评"
    bar = ("result", "since", "until")
    search_hint = "产品、机构、订单号、拼音首字母"
    empty_text = "没有非中选采购理由，或不在您的查看范围内。"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind != "enterprise"

    def everything(self, scope: Scope) -> QuerySet[ClinicalReason]:
        return reviewed_reasons(scope)


class ClinicalReasonExportView(ExportMixin, ClinicalReasonListView):
    pass


class ClinicalReasonView(ScopedTemplateView):
    template_name = "procurement/clinical_reason.html"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business and scope.kind != "enterprise"

    def reason(self) -> ClinicalReason:
        number = self.kwargs["reason_id"]
        if not number.isdecimal() or len(number) > 18:
            raise Http404
        found = reviewed_reasons(self.scope).filter(pk=int(number)).first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reason: Any = kwargs.pop("reason", None) or self.reason()
        reviews = reviews_of(reason)
        may = may_review(self.scope, reason)
        return super().get_context_data(
            **{
                "reason": reason,
                "words": result_words(reason),
                "level": LEVELS.get(reason.result or "", "grey"),
                "reviews": [(each, LEVELS[each.result]) for each in reviews],
                "may": may,
                "form": ClinicalReviewForm(initial={"seen": len(reviews)}),
                "facts": [
                    {"label": "非中选产品", "value": f"{reason.product}（{reason.product.code}）",
                     "url": reverse("product-detail", args=[reason.product.code])},
                    {"label": "订单", "value": reason.order.order_no,
                     "url": reverse("order", args=[reason.order.order_no])},
                    {"label": "医疗机构", "value": reason.institution.name},
                    {"label": "下单时间",
                     "value": f"{timezone.localtime(reason.ordered_at):%Y-%m-%d %H:%M}"},
                    {"label": "临床理由", "value": reason.reason, "wide": True},
                ],
                "breadcrumbs": [{"label": "处方点评", "url": reverse("clinical-reasons")},
                                {"label": reason.order.order_no}],
                **kwargs,
                "page_title": f"处方点评：{reason.product}",
            }
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reason = self.reason()
        may = may_review(self.scope, reason)
        if not may:
            return refusal_page(request, NotYours.of(may))
        form = ClinicalReviewForm(request.POST)
        try:
            if form.is_valid():
                review_reason(
                    reason=reason, by=self.user, scope=self.scope, at=timezone.now(),
                    **form.cleaned_data,
                )  # fmt: skip
                messages.success(request, "已保存点评结果")
                return HttpResponseRedirect(reverse("clinical-reason", args=[reason.pk]))
        except MissingInput as missing:
            form.add_error(missing.field, missing.reason)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        context = self.get_context_data(reason=reason, form=form)
        return self.render_to_response(context, status=400)
