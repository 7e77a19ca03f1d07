"""The dispatcher's queue: one page of all lines under way, by the time at which the next act is due."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin, list_of
from organisations.views.scoped import ScopedView
from procurement.filters.shipping import QueueFilter
from procurement.models import LineProgress
from procurement.queries.queue import NAMED, is_late, stage_counts
from procurement.queries.shipping import delivers, dispatches, own_queue
from procurement.queries.surge_lines import in_surge
from procurement.tables.shipping import QUEUE_COLUMNS

PAGE_LINES = 300
"""Lines that are shown, and chosen, at once."""
ACTS = {
    "confirm": ("确认", "check", "primary"),
    "ship": ("发货", "truck-delivery", ""),
    "reject": ("拒绝", "x", ""),
    "close": ("关闭余量", "circle-x", ""),
}
TABS = (("", "全部"), ("answer", "待响应"), ("ship", "待发货"), ("way", "在途"), ("late", "已超时"),
        ("idle", "7 天未发"), ("surge", "应急优先"))  # fmt: skip


class QueueView(FilteredListView):
    page_title = "配送工作台"
    page_note = "待响应、待发货和在途的订单行，按时限从早到晚；勾选后批量确认、发货或拒绝"
    template_name = "procurement/queue.html"
    filterset_class = QueueFilter
    columns = QUEUE_COLUMNS
    default_sort = "due"
    paginate_by = PAGE_LINES
    route, export_route, sheet_name = "supply-queue", "supply-queue-export", "配送工作台"
    bar = ("urgent", "institution", "product")
    held: ClassVar[tuple[str, ...]] = ("stage",)
    search_hint = "订单号、医疗机构、产品、拼音首字母"
    empty_title = "没有等待办理的订单行"
    empty_text = "医疗机构发来的订单会出现在这里。"

    def exists_for(self, scope: Scope) -> bool:
        return delivers(scope)

    def entry(self, scope: Scope) -> Verdict:
        return dispatches(scope)

    def everything(self, scope: Scope) -> QuerySet[LineProgress]:
        return in_surge(own_queue(scope)).select_related(*NAMED)

    def row_key(self, row: Any) -> Any:
        return row.line_id

    def row_late(self, row: Any) -> bool:
        return is_late(row, timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        counts = stage_counts(self.scope, timezone.now())
        chosen = self.request.GET.get("stage", "")
        context["tabs"] = [
            {
                "label": label, "active": stage == chosen, "late": stage == "late" and counts["late"] > 0,
                "url": f"{reverse(self.route)}?{'stage=' + stage if stage else 'all=1'}",
                **({"count": counts[stage]} if stage else {}),
            }
            for stage, label in TABS
        ]  # fmt: skip
        context["actions"] = [
            {"label": "Excel 发货", "url": reverse("shipment-upload"), "icon": "upload"},
            {"label": "拣货单", "url": reverse("picking-list"), "icon": "printer"},
        ]
        if context["rows"]:
            context["bulk"] = {
                "acts": [
                    {"label": label, "icon": icon, "kind": kind,
                     "url": reverse("supply-queue-choose", args=[act])}
                    for act, (label, icon, kind) in ACTS.items()
                ],
                "unit": "行", "query": context["list_query"], "count": context["total"],
                "capped": False,
            }  # fmt: skip
        return context


class QueueExportView(ExportMixin, QueueView):
    pass


class QueueChooseView(ScopedView):
    """POST from the queue: ticked lines, or all that the filter finds; on to the act's own page."""

    http_method_names = ["post"]

    def exists_for(self, scope: Scope) -> bool:
        return delivers(scope)

    def entry(self, scope: Scope) -> Verdict:
        return dispatches(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["act"] not in ACTS:
            raise Http404
        try:
            lines = self._filtered() if request.POST.get("all") else request.POST.getlist("ids")
            chosen = read_lines("-".join(map(str, lines)))
        except Refusal as refusal:
            return refusal_page(request, refusal)
        query = QueryDict(mutable=True)
        query["lines"] = "-".join(map(str, chosen))
        act = kwargs["act"]
        page = (
            reverse("supply-queue-ship")
            if act == "ship"
            else reverse("supply-queue-act", args=[act])
        )
        return HttpResponseRedirect(f"{page}?{query.urlencode()}")

    def _filtered(self) -> list[int]:
        found = list_of(
            QueueView, self.request.POST.get("query", ""), user=self.user, scope=self.scope,
            path=reverse("supply-queue"),
        )  # fmt: skip
        rows = found.view.get_queryset()
        found.view.refuse_broken_filter()
        return list(rows.values_list("line_id", flat=True)[: PAGE_LINES + 1])


def read_lines(text: str) -> list[int]:
    """Line ids from `1-2-3`, each once. Raises MissingInput."""
    parts = [part for part in text.split("-") if part]
    if not parts:
        raise MissingInput("lines", "没有选择订单行，请返回工作台勾选后再办理")
    if any(not (part.isascii() and part.isdigit() and len(part) < 19) for part in parts):
        raise MissingInput("lines", "所选的订单行不能识别，请返回工作台重新勾选")
    found = list(dict.fromkeys(map(int, parts)))
    if len(found) > PAGE_LINES:
        raise MissingInput(
            "lines", f"一次最多选择 {PAGE_LINES} 行，请用筛选缩小范围，或用 Excel 发货"
        )
    return found


def chosen_rows(scope: Scope, lines: list[int]) -> list[LineProgress]:
    """The chosen lines that are still in the own queue, in its order."""
    rows = own_queue(scope).filter(line_id__in=lines).select_related(*NAMED)
    return list(rows.order_by(F("due_at").asc(nulls_last=True), "id"))
