"""Orders: the list, one order as each side has it, on paper, and taking back what nobody answered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import Refusal
from core.views.errors import refusal_page
from core.workdays.deadlines import shanghai_day
from organisations.queries.changes import NamesOn
from organisations.queries.object_steps import with_holder
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from procurement.filters import OrderFilter
from procurement.forms.orders import CancelOrderForm
from procurement.models import Order
from procurement.operations.cancel_order import cancel_order
from procurement.queries import orders, reconciling
from procurement.rules.order_state import waits_for
from procurement.tables.orders import ORDER_COLUMNS


class OrderListView(FilteredListView):
    page_title = "订单"
    page_note = "每张订单发给一家配送企业；状态由各订单行得出。不填日期时列最近 90 天"
    filterset_class = OrderFilter
    columns = ORDER_COLUMNS
    default_sort = "-sent"
    keyset = ("sent_at", "id")
    route, export_route, sheet_name = "orders", "orders-export", "订单"
    bar = ("stage", "urgent", "since", "until")
    search_hint = "订单号、院内单号、医疗机构、配送企业"
    empty_text = "没有符合条件的订单；可以放宽日期。"

    def everything(self, scope: Scope) -> QuerySet[Order]:
        return orders.listed_orders(scope)


class OrderExportView(ExportMixin, OrderListView):
    pass


class OrderView(ScopedDetailView):
    template_name = "procurement/order_detail.html"
    key_field = key = "order_no"

    def visible(self, scope: Scope) -> QuerySet[Order]:
        return reconciling.orders(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order: Order = kwargs["object"]
        rows = orders.order_rows(self.scope, order)
        state, level = orders.state_words(rows)
        open_rows = [row for row in rows if row.is_open and row.progress is not None]
        side = waits_for([row.progress.state for row in rows if row.progress is not None])
        holder = {
            "distributor": order.distributor.name if order.distributor else "",
            "institution": order.institution.name, "": "",
        }[side]  # fmt: skip
        dues = [row.progress.due_at for row in open_rows if row.progress and row.progress.due_at]
        verdict = orders.may_cancel(self.scope, rows)
        own = order.institution_id in self.scope.institution_ids
        steps = orders.order_steps(self.scope, order, rows)
        if not any(step["what"] == "发送订单" for step in steps):
            sent = {"at": order.sent_at, "who": order.institution.name, "what": "发送订单"}
            steps = [sent, *steps]
        return super().get_context_data(
            **{
                "rows": rows,
                "state": state,
                "level": level,
                "holder_words": holder,
                "due": min(dues) if dues and side == "distributor" else None,
                "late": bool(dues) and side == "distributor" and min(dues) < timezone.now(),
                "total": sum((row.amount for row in rows), start=rows[0].amount * 0) if rows else 0,
                "shows_cancel": own,
                "cancel_verdict": verdict,
                "actions": self.order_actions(order, own=own),
                "timeline": with_holder(steps, who=holder, what="等待办理") if open_rows else steps,
                "siblings": self.siblings(order),
                "breadcrumbs": [{"label": "订单", "url": reverse("orders")},
                                {"label": order.order_no}],
                **kwargs,
                "page_title": f"订单 {order.order_no}",
            }
        )  # fmt: skip

    def order_actions(self, order: Order, *, own: bool) -> list[dict[str, Any]]:
        paper = reverse("order-paper", args=[order.order_no])
        return [{"label": "打印", "icon": "printer", "url": paper}]

    def siblings(self, order: Order) -> list[Order]:
        """The other orders of the same submission."""
        if order.submission_no is None:
            return []
        same = self.visible(self.scope).filter(
            institution=order.institution_id, submission_no=order.submission_no
        )
        return list(same.exclude(pk=order.pk).order_by("pk")[:20])


class OrderPaperView(OrderView):
    """The order as paper."""

    template_name = "procurement/order_paper.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        order: Order = kwargs["object"]
        named = NamesOn([order.institution, order.distributor], shanghai_day(order.sent_at))
        return super().get_context_data(**kwargs) | {
            "page_title": "采购订单",
            "organisation": named(order.institution),
            "distributor_name": named(order.distributor),
            "number": order.order_no,
            "printed_by": f"{self.user.organisation.name} {self.user.name}",
            "printed_at": timezone.now(),
        }


class OrderCancelView(OrderView):
    """POST only: take back lines that nobody has answered."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        order: Order = self.get_object()
        numbers = [row.line.line_no for row in orders.order_rows(self.scope, order)]
        form = CancelOrderForm(request.POST, line_nos=numbers)
        if not form.is_valid():
            context = self.get_context_data(object=order, step_error="请按页面上的订单行选择")
            return self.render_to_response(context, status=400)
        try:
            rows = cancel_order(
                order=order, by=self.user, scope=self.scope, at=timezone.now(),
                **form.cleaned_data,
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"已撤单 {len(rows)} 行，配送企业已收到通知")
        return HttpResponseRedirect(reverse("order", args=[order.order_no]))
