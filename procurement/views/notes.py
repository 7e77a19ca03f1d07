"""配送单: the list, one note as each side has it, its papers; the picking list of the queue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.paper import render_pdf
from core.transitions import MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.files import paper_answer
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin, list_of
from organisations.views.scoped import ScopedDetailView, ScopedView
from procurement.documents.notes import delivery_paper, goods_paper, many_papers, picking_paper
from procurement.filters.shipping import DeliveryNoteFilter
from procurement.models import DeliveryNote
from procurement.operations.code_shipments import may_ship_codes
from procurement.operations.shipping import deliver_note
from procurement.queries.queue import at_stage
from procurement.queries.shipping import (
    delivers,
    dispatches,
    line_numbers,
    note_standings,
    own_queue,
    received_notes,
    rows_of_notes,
    visible_note_rows,
)
from procurement.queries.visible import visible_delivery_notes
from procurement.states.delivery_note import NOTE_LEVELS, NOTE_MACHINE
from procurement.tables.shipping import NOTE_COLUMNS

NAMED = ("institution", "distributor", "county")
PAPERS = {"delivery": ("配送单", delivery_paper), "goods": ("随货同行单", goods_paper)}
PICKED = 1000
"""Lines of one picking list."""
PRINTED = 300
"""Notes of one file to be printed: as many as one shipping of the queue can make."""


class NoteListView(FilteredListView):
    page_title = "配送单"
    page_note = "配送企业发往一家医疗机构的一次配送，可含多张订单的多行"
    filterset_class = DeliveryNoteFilter
    columns = NOTE_COLUMNS
    default_sort = "-shipped"
    keyset = ("shipped_at", "id")
    route, export_route, sheet_name = "delivery-notes", "delivery-notes-export", "配送单"
    bar = ("stage", "since", "until")
    search_hint = "配送单号、企业单号、发票号、医疗机构"
    empty_text = "在平台发货后生成配送单。"

    def everything(self, scope: Scope) -> QuerySet[DeliveryNote]:
        return visible_delivery_notes(scope).select_related(*NAMED)

    def rows(self, objects: Iterable[Any]) -> list[Any]:
        notes = list(objects)
        whole = received_notes(notes)
        for note in notes:
            note.whole = note.pk in whole
        return notes

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if context["rows"]:
            papers = [
                {"label": f"打印{label}", "icon": "printer", "kind": "", "blank": True,
                 "url": reverse("delivery-notes-papers", args=[kind])}
                for kind, (label, _) in PAPERS.items()
            ]  # fmt: skip
            bulk = context["bulk"] or {
                "acts": [], "unit": "张", "query": context["list_query"],
                "count": context["total"], "capped": context["capped"],
            }  # fmt: skip
            context["bulk"] = bulk | {"acts": [*bulk["acts"], *papers]}
        return context


class NoteExportView(ExportMixin, NoteListView):
    pass


class NotesPapersView(ScopedView):
    """POST from the list: the papers of the ticked notes, or of all that the filter finds, in one PDF."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs["kind"] not in PAPERS:
            raise Http404
        label, paper = PAPERS[kwargs["kind"]]
        try:
            notes = self._chosen()
        except MissingInput as refusal:
            return refusal_page(request, refusal)
        rows = rows_of_notes(self.scope, notes)
        content = many_papers(label, [paper(note, rows[note.pk]) for note in notes])
        name = f"{label}_{timezone.localdate():%Y%m%d}_{len(notes)}张"
        return pdf_answer(request, name, content, template="procurement/papers")

    def _chosen(self) -> list[DeliveryNote]:
        """In the order of their numbers, as they are stacked for the drivers."""
        given = self.request.POST
        if given.get("all"):
            found = list_of(
                NoteListView, given.get("query", ""), user=self.user, scope=self.scope,
                path=reverse("delivery-notes"),
            )  # fmt: skip
            rows = found.view.get_queryset().order_by("note_no")
            found.view.refuse_broken_filter()
        else:
            ids = given.getlist("ids")
            if any(not (key.isascii() and key.isdigit() and len(key) < 19) for key in ids):
                raise MissingInput("ids", "所选的配送单不能识别，请返回列表重新勾选")
            rows = visible_delivery_notes(self.scope).filter(pk__in=ids).order_by("note_no")
        notes = list(rows.select_related(*NAMED)[: PRINTED + 1])
        if not notes:
            raise MissingInput("ids", "没有选择配送单，请返回列表勾选后再打印")
        if len(notes) > PRINTED:
            raise MissingInput("ids", f"一次最多打印 {PRINTED} 张，请缩小筛选范围后分次打印")
        return notes


class NoteView(ScopedDetailView):
    template_name = "procurement/note_detail.html"
    key_field = key = "note_no"

    def visible(self, scope: Scope) -> QuerySet[DeliveryNote]:
        return visible_delivery_notes(scope).select_related(*NAMED)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(object=self.get_object()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        note: DeliveryNote = kwargs["object"]
        whole = note.pk in received_notes([note])
        rows = line_numbers(
            visible_note_rows(self.scope, note).select_related("product", "manufacturer")
        )
        standings = note_standings(self.scope, note)
        return super().get_context_data(
            **{
                "rows": rows,
                "codes_url": reverse("delivery-note-codes", args=[note.note_no])
                if not whole and rows and may_ship_codes(self.scope, rows[0]) else "",
                "state": "已收货" if whole else note.get_state_display(),
                "level": NOTE_LEVELS["received" if whole else note.state],
                "who": "" if whole else (
                    note.distributor.name if note.state == "shipped" and note.distributor
                    else note.institution.name
                ),
                "late": bool(
                    note.state == "shipped" and not whole and note.planned_at
                    and note.planned_at < timezone.now()
                ),
                "offered": [] if whole else offered_actions(
                    NOTE_MACHINE.offers(note, standings), version=note.row_version,
                    url=lambda verb: reverse("delivery-note-deliver", args=[note.note_no]),
                ),
                "timeline": steps_of(self.scope, NOTE_MACHINE.name, note.pk),
                "documents": [
                    {"label": f"{label}.pdf",
                     "url": reverse("delivery-note-paper", args=[note.note_no, kind])}
                    for kind, (label, _) in PAPERS.items()
                ],
                "breadcrumbs": [{"label": "配送单", "url": reverse("delivery-notes")},
                                {"label": note.note_no}],
                **kwargs,
                "page_title": f"配送单 {note.note_no}",
            }
        )  # fmt: skip


class NoteDeliverView(NoteView):
    """POST only: the goods have arrived."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        note: DeliveryNote = self.get_object()
        version = request.POST.get("version", "")
        try:
            if not (version.isascii() and version.isdigit() and len(version) < 10):
                raise MissingInput("version", "页面的版本标记不对，请刷新后再办理")
            deliver_note(
                note=note, by=self.user, scope=self.scope, at=timezone.now(),
                seen_version=int(version),
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, "已登记送达，医疗机构已收到通知")
        return HttpResponseRedirect(reverse("delivery-note", args=[note.note_no]))


class NotePaperView(NoteView):
    """The note as PDF, with the rows that the reader sees."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        note: DeliveryNote = self.get_object()
        if kwargs["kind"] not in PAPERS:
            raise Http404
        label, paper = PAPERS[kwargs["kind"]]
        rows = line_numbers(
            visible_note_rows(self.scope, note).select_related("product", "manufacturer")
        )
        return pdf_answer(request, f"{label}_{note.note_no}", paper(note, rows))


class PickingListView(ScopedView):
    """What is to be shipped now, by route (county), place and product."""

    def exists_for(self, scope: Scope) -> bool:
        return delivers(scope)

    def entry(self, scope: Scope) -> Verdict:
        return dispatches(scope)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        waiting = at_stage(own_queue(self.scope), "ship") | at_stage(
            own_queue(self.scope), "answer"
        )
        rows = waiting.select_related("order", "institution", "product", "county", "city").order_by(
            "city__code", "county__code", "institution__code", "order__receiving_place",
            "product__name", "id",
        )  # fmt: skip
        content = picking_paper(
            list(rows[:PICKED]), company=self.user.organisation.name, at=timezone.now(),
            left_out=max(waiting.count() - PICKED, 0),
        )  # fmt: skip
        return pdf_answer(request, f"拣货单_{timezone.localdate():%Y%m%d}", content)


def pdf_answer(
    request: HttpRequest, name: str, content: dict[str, Any], *, template: str = "core/official"
) -> HttpResponse:
    try:
        body = render_pdf(template, content, at=timezone.now())
    except Refusal as refused:
        return refusal_page(request, refused)
    return paper_answer(request, f"{name}.pdf", body, inline=True)
