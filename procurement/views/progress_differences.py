"""For the system administrator: lines whose progress is not what their facts say, and the rebuild."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.steps import steps_of
from core.transitions import Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from procurement.filters.progress_differences import ProgressDifferenceFilter
from procurement.models import ProgressDifference
from procurement.operations.progress_differences import OBJECT_TYPE, heal_difference
from procurement.queries.progress_differences import visible_differences
from procurement.tables.progress_differences import DIFFERENCE_COLUMNS, said

CRUMB = "执行进度核对"
STEPS = {"progress_difference.find": "发现", "progress_difference.heal": "重建"}


class SystemOnly:
    """For the system administrator alone; nobody else has such pages."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.active and scope.platform_role == "system"


class DifferenceListView(SystemOnly, FilteredListView):
    page_title = CRUMB
    page_note = "每夜把订单行的执行进度与配送、收货、退货记录逐行比对；不一致的列在这里，不会自动改"
    filterset_class = ProgressDifferenceFilter
    columns = DIFFERENCE_COLUMNS
    default_sort = "-found"
    keyset = ("found_at", "id")
    route, export_route, sheet_name = "progress-differences", "progress-differences-export", CRUMB
    bar = ("open",)
    search_hint = "订单行"
    empty_title, empty_text = "没有差异", "最近一次比对，执行进度与记录一致。"

    def everything(self, scope: Scope) -> QuerySet[ProgressDifference]:
        return visible_differences(scope)


class DifferenceExportView(ExportMixin, DifferenceListView):
    pass


class DifferenceView(SystemOnly, ScopedDetailView):
    template_name = "procurement/progress_difference.html"
    key_field = key = "pk"

    def visible(self, scope: Scope) -> QuerySet[ProgressDifference]:
        return visible_differences(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: ProgressDifference = kwargs["object"]
        return super().get_context_data(
            page_title=f"{CRUMB}：{row.label}",
            breadcrumbs=[{"label": CRUMB, "url": reverse("progress-differences")},
                         {"label": row.label}],
            facts=[
                {"label": "登记的进度", "value": said(row.held)},
                {"label": "按记录应为", "value": said(row.facts)},
                {"label": "发现时间", "value": f"{timezone.localtime(row.found_at):%Y-%m-%d %H:%M}"},
                {"label": "重建", "value": row.healed_by_name or "待重建"},
            ],
            timeline=steps_of(OBJECT_TYPE, row.line_id, STEPS), **kwargs,
        )  # fmt: skip


class DifferenceHealView(DifferenceView):
    """POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: ProgressDifference = self.get_object()
        try:
            heal_difference(difference=row, by=self.user, scope=self.scope, at=timezone.now())
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, f"订单行 {row.label} 的执行进度已按记录重建")
        return HttpResponseRedirect(reverse("progress-difference", args=[row.pk]))
