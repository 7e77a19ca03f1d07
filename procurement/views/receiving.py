"""Receiving: what waits, one 配送单 at the door with its scans, and what was received."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView
from procurement.filters.receiving import ReceiptRecordFilter, WaitingFilter
from procurement.forms.receiving import FindForm, ReceiveForm, ScanForm
from procurement.models import Delivery, Receipt
from procurement.operations.code_receipts import Scan, tick_codes, ticked_packs, untick_codes
from procurement.operations.receipts import TakenRow, receive
from procurement.queries.auto_accept import announced
from procurement.queries.codes import visible_trace_codes
from procurement.queries.receipts import with_remarks
from procurement.queries.receiving import (
    codes_demanded,
    may_receive,
    of_note,
    receipt_dues,
    waiting_deliveries,
)
from procurement.queries.reconciling import receipts
from procurement.queries.visible import visible_deliveries
from procurement.rules.trace_code import UnreadableCode, read_code
from procurement.tables.receiving import RECEIPT_COLUMNS, WAITING_COLUMNS

TABS = (
    ("receipts", "待收货"),
    ("receipt-records", "收货记录"),
    ("returns", "退换货"),
    ("code-rates", "追溯码采集"),
)


def receiving_tabs(route: str) -> list[dict[str, Any]]:
    """The lists of receiving, the open one marked."""
    return [{"label": word, "url": reverse(name), "active": name == route} for name, word in TABS]


class WaitingListView(FilteredListView):
    template_name = "procurement/receipts.html"
    page_title = "收货"
    page_note = "已发货、还没有收的配送，等得最久的在前；扫配送单号或任一追溯码直接打开"
    filterset_class = WaitingFilter
    columns = WAITING_COLUMNS
    default_sort = "recorded"
    keyset = ("recorded_at", "id")
    keyset_ascending = True
    route, export_route, sheet_name = "receipts", "receipts-export", "待收货"
    bar = ("arrived", "distributor")
    search_hint = "配送单号、产品、编码、拼音首字母"
    empty_title, empty_text = "没有等待收货的配送", "配送企业发货后在这里出现。"

    def everything(self, scope: Scope) -> QuerySet[Delivery]:
        return waiting_deliveries(scope)

    def rows(self, objects: Iterable[Any]) -> list[Any]:
        found = list(objects)
        now = timezone.now()
        dues = receipt_dues(found, self.scope.on)
        auto = announced(self.scope, [row.pk for row in found])
        for row in found:
            row.due = dues.get(row.pk)
            row.late = row.due is not None and row.due.ends_at <= now
            row.auto = auto.get(row.pk)
        return found

    def row_late(self, row: Any) -> bool:
        return bool(row.late)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = bool(may_receive(self.scope))
        upload = {"label": "Excel 收货", "url": reverse("receipt-upload"), "icon": "upload"}
        return super().get_context_data(
            tabs=receiving_tabs(self.route), find=FindForm(), may=may,
            actions=[upload] if may else [], **kwargs,
        )  # fmt: skip


class WaitingExportView(ExportMixin, WaitingListView):
    pass


class ReceiptListView(FilteredListView):
    page_title = "收货记录"
    page_note = "每次收货和更正；更正是新的一行，数量为差额，可为负"
    filterset_class = ReceiptRecordFilter
    columns = RECEIPT_COLUMNS
    default_sort = "-received"
    keyset = ("received_at", "id")
    route, export_route, sheet_name = "receipt-records", "receipt-records-export", "收货记录"
    bar = ("since", "until", "order_no", "product")
    empty_text = "没有收货记录。默认显示最近 90 天，可以改日期。"

    def everything(self, scope: Scope) -> QuerySet[Receipt]:
        return receipts(scope)

    def rows(self, objects: Iterable[Any]) -> list[Any]:
        return with_remarks(self.scope, list(objects))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=receiving_tabs(self.route), **kwargs)


class ReceiptExportView(ExportMixin, ReceiptListView):
    pass


class ReceiptFindView(ScopedTemplateView):
    """From a scan to what it belongs to; it has no page of its own."""

    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = FindForm(request.GET)
        if not form.is_valid():
            return refusal_page(request, MissingInput("q", "请扫或填写配送单号、追溯码"), form)
        words = form.cleaned_data["q"].strip()
        found = self._by_note(words) or self._by_code(words)
        if found:
            return HttpResponseRedirect(found)
        messages.error(
            request,
            f"没有找到“{words[:60]}”：不是发给本机构、等待收货的配送单号，也不是已登记的追溯码。"
            "请核对后重扫，或从下面的列表打开",
        )
        return HttpResponseRedirect(reverse("receipts"))

    def _by_note(self, words: str) -> str:
        rows = waiting_deliveries(self.scope)
        key = rows.filter(note_no=words).order_by("pk").values_list("pk", flat=True).first()
        if key is None:
            key = rows.filter(delivery_no=words).order_by("pk").values_list("pk", flat=True).first()
        return reverse("receive", args=[key]) if key else ""

    def _by_code(self, words: str) -> str:
        try:
            code = read_code(words).code
        except UnreadableCode:
            return ""
        row = visible_trace_codes(self.scope).filter(code=code).first()
        if row is None:
            return ""
        waits = waiting_deliveries(self.scope).filter(pk=row.delivery_id).exists()
        return reverse("receive" if waits else "receipt", args=[row.delivery_id])


class ReceiveView(ScopedDetailView):
    """What waits on one 配送单: scan, tick off, accept and refuse; narrow screens too."""

    template_name = "procurement/receive.html"
    rows: list[Delivery]

    def visible(self, scope: Scope) -> QuerySet[Delivery]:
        return visible_deliveries(scope).select_related(
            "institution", "distributor", "product", "province"
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first = self.get_object()
        self.rows = of_note(self.scope, first)
        if not self.rows:
            return HttpResponseRedirect(reverse("receipt", args=[first.pk]))
        return self.render_to_response(self.get_context_data(object=first))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first = self.get_object()
        allowed = may_receive(self.scope)
        if not allowed or first.institution_id not in self.scope.institution_ids:
            return refusal_page(request, NotYours.of(allowed))
        self.rows = of_note(self.scope, first)
        if not self.rows:
            messages.info(request, "这张配送单已经收货")
            return HttpResponseRedirect(reverse("receipt", args=[first.pk]))
        form = ReceiveForm(request.POST, rows=self.rows)
        if not form.is_valid():
            context = self.get_context_data(object=first, form=form)
            return self.render_to_response(context, status=400)
        try:
            done = receive(
                rows=_taken(self.rows, form.cleaned_data), by=self.user, scope=self.scope,
                at=timezone.now(),
            )  # fmt: skip
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            context = self.get_context_data(object=first, form=form)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"已收货：{len(done)} 项")
        left = [row for row in self.rows if row.pk not in {each.delivery_id for each in done}]
        return HttpResponseRedirect(
            reverse("receive", args=[left[0].pk]) if left else reverse("receipts")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first: Delivery = kwargs["object"]
        dues = receipt_dues(self.rows, self.scope.on)
        ends = min(dues.values(), key=lambda each: each.day) if dues else None
        allowed = may_receive(self.scope)
        own = bool(allowed) and first.institution_id in self.scope.institution_ids
        counts = ticked_packs([row.pk for row in self.rows])
        form = kwargs.pop("form", None) or ReceiveForm(rows=self.rows)
        return super().get_context_data(
            **{
                "page_title": f"收货：{first.note_no or first.delivery_no}",
                "form": form if own else None,
                "scan": ScanForm() if own else None,
                "ticks": [
                    {"row": row, "ticked": number, "full": number >= row.packs}
                    for row in self.rows
                    for number in [counts.get(row.pk, 0)]
                ],
                "demanded": codes_demanded(first.province, self.scope.on),
                "due": ends,
                "late": ends is not None and ends.ends_at <= timezone.now(),
                "arrived": all(row.delivered_at for row in self.rows),
                "why_not": "" if own else allowed.reason or "由收货的医疗机构办理",
                "breadcrumbs": [
                    {"label": "收货", "url": reverse("receipts")},
                    {"label": first.note_no or first.delivery_no},
                ],
                **kwargs,
            }
        )  # fmt: skip


class ReceiveScanView(ReceiveView):
    """POST only: tick codes off; the page again, with an answer to each scan on top."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first = self.get_object()
        form = ScanForm(request.POST)
        typed = form.cleaned_data["codes"] if form.is_valid() else []
        try:
            if not typed:
                raise MissingInput("codes", "没有扫到内容，请重新扫码")
            scans = tick_codes(
                first=first, typed=typed, by=self.user, scope=self.scope, at=timezone.now()
            )
        except NotYours as refusal:
            return refusal_page(request, refusal, form)
        except Refusal as refusal:
            scans = [Scan(typed="", words=refusal.reason)]
        self.rows = of_note(self.scope, first)
        if not self.rows:
            return HttpResponseRedirect(reverse("receipt", args=[first.pk]))
        return self.render_to_response(self.get_context_data(object=first, scans=_newest(scans)))


class ReceiveUntickView(ReceiveView):
    """POST only: begin the ticking again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        first = self.get_object()
        try:
            number = untick_codes(first=first, by=self.user, scope=self.scope, at=timezone.now())
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, f"已取消 {number} 个码的核对，请重新扫码")
        return HttpResponseRedirect(reverse("receive", args=[first.pk]))


def _taken(rows: Sequence[Delivery], values: dict[str, Any]) -> list[TakenRow]:
    return [
        TakenRow(
            delivery=row, accepted=values[f"accepted_{row.pk}"],
            refused=values[f"refused_{row.pk}"], reason=values[f"reason_{row.pk}"],
            words=values[f"words_{row.pk}"], lot_no=values[f"lot_no_{row.pk}"],
            expires_on=values[f"expires_on_{row.pk}"],
        )
        for row in rows
        if values[f"take_{row.pk}"]
    ]  # fmt: skip


def _newest(scans: Sequence[Scan]) -> list[Scan]:
    """What went wrong first: a long paste is read from its faults."""
    return sorted(scans, key=lambda each: each.ok)[:50]
