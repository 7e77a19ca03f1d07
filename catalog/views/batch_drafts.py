"""Batches being made: the list, a new one by form or workbook, one draft with its steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from catalog.documents.batch_workbook import template
from catalog.filters.batch_drafts import DraftFilter
from catalog.forms.batch_draft import BatchHeadForm, DraftStepForm, PartForm, RowForm, WorkbookForm
from catalog.models import BatchDraft
from catalog.operations.batch_drafts.make import (
    FORM,
    attach_part,
    make_draft,
    make_draft_of_workbook,
    replace_by_workbook,
    save_rows,
    workbook_of,
    years_between,
)
from catalog.operations.batch_drafts.publish import (
    publish_draft,
    return_draft,
    submit_draft,
    withdraw_draft,
)
from catalog.queries.batch_drafts import (
    DraftRow,
    draft_offers,
    draft_row,
    error_items,
    lead_of,
    may_make,
    part_items,
    parts_of,
    sheet_of,
    sheet_views,
    visible_batch_drafts,
)
from catalog.states.batch_draft import DRAFT_MACHINE
from catalog.tables.batch_drafts import DRAFT_COLUMNS
from core.lists.workbook import XLSX
from core.transitions import MissingInput, NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import kept_file
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView, ScopedView
from policy.queries.visible import visible_policies


class OfBureau(ScopedView):
    """For the province's bureau; for all others there are no such pages."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau


class DraftListView(OfBureau, FilteredListView):
    template_name = "catalog/batch_draft_list.html"
    page_title = "批次编制"
    page_note = "正在编制、待复核和已经发布的批次；发布之前只有本局能看到"
    filterset_class = DraftFilter
    columns = DRAFT_COLUMNS
    default_sort = "-made_at"
    route = "batch-drafts"
    export_route = "batch-drafts-export"
    sheet_name = "批次编制"
    bar = ("state",)
    search_hint = "编号、批次代码或名称"
    empty_title = "还没有编制过批次"
    empty_text = "用表单或一个 Excel 工作簿建立。"

    def everything(self, scope: Scope) -> QuerySet[BatchDraft]:
        return visible_batch_drafts(scope)

    def rows(self, objects: Iterable[Any]) -> list[DraftRow]:
        return [draft_row(each) for each in objects]


class DraftExportView(ExportMixin, DraftListView):
    pass


class TemplateView(OfBureau):
    """The empty workbook."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return workbook_answer("批次模板.xlsx", template())


def workbook_answer(name: str, body: bytes) -> HttpResponse:
    answer = HttpResponse(body, content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    return answer


class DraftNewView(OfBureau, ScopedTemplateView):
    """By form or by one workbook; with mistakes it is kept as a draft that shows them."""

    template_name = "catalog/batch_draft_new.html"
    page_title = "新建批次"
    page_note = "发布之前只有本局能看到；一人编制，另一人复核发布"

    def entry(self, scope: Scope) -> Verdict:
        return may_make(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [{"label": "批次编制", "url": reverse("batch-drafts")}, {"label": "新建"}]
        return super().get_context_data(
            **{"form": self.head(), "upload": WorkbookForm(), "breadcrumbs": crumbs, **kwargs}
        )

    def head(self, data: Any = None) -> BatchHeadForm:
        own = visible_policies(self.scope).filter(province_code=self.scope.province_code)
        return BatchHeadForm(data, policies=own.order_by("-effective_from"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by_file = bool(request.FILES) or "by_file" in request.POST
        form: Any = (
            WorkbookForm(request.POST, request.FILES) if by_file else self.head(request.POST)
        )
        names = {"upload" if by_file else "form": form}
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**names), status=400)
        try:
            draft = self._made(form, by_file=by_file)
        except Refusal as refusal:
            form.add_error("file" if by_file else None, refusal.reason)
            return self.render_to_response(self.get_context_data(**names), status=refusal.status)
        return HttpResponseRedirect(reverse("batch-draft", args=[draft.draft_no]))

    def _made(self, form: Any, *, by_file: bool) -> BatchDraft:
        at, values = timezone.now(), form.cleaned_data
        if by_file:
            return make_draft_of_workbook(
                upload=values["file"], by=self.user, scope=self.scope, at=at
            )
        texts = {key: str(value) for key, value in values.items()}
        head = ("code", "name", "category", "organizer", "policy_code")
        days = ("issued_on", "effective_on", "ends_on")
        content = {
            "batch": [{"row": 2, "cells": {key: texts[key] for key in head}}],
            "dates": [{"row": 2, "cells": {key: texts[key] for key in days}}],
            "batch_years": years_between(values["effective_on"], values["ends_on"]),
        }
        return make_draft(content=content, source=FORM, by=self.user, scope=self.scope, at=at)


HOLDERS = {"draft": "本局经办", "submitted": "本局另一位审核或负责人"}


class DraftView(OfBureau, ScopedDetailView):
    object: BatchDraft
    template_name = "catalog/batch_draft.html"
    key_field: ClassVar[str] = "draft_no"
    key: ClassVar[str] = "draft_no"

    def visible(self, scope: Scope) -> QuerySet[BatchDraft]:
        return visible_batch_drafts(scope).select_related("batch")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        draft: BatchDraft = kwargs["object"]
        steps = draft_offers(self.scope, draft)
        offers = {each.transition.verb: each.verdict for each in steps}
        holder = HOLDERS.get(draft.state, "")
        parts = part_items(draft)
        addresses = {
            each["document"].attachment.pk: each["url"] for each in parts if each["document"]
        }
        return super().get_context_data(
            **{
                "row": draft_row(draft),
                "offers": offers,
                "holder": holder,
                "offered": offered_actions(
                    steps,
                    url=lambda verb: "",
                    version=draft.row_version,
                    on_page=dict.fromkeys(offers, "decide"),
                ),
                "documents": document_items(
                    [each["document"].attachment for each in parts if each["document"]],
                    lambda file: addresses[file.pk],
                ),
                "timeline": with_holder(
                    steps_of(self.scope, DRAFT_MACHINE.name, draft.pk, draft.draft_no), who=holder
                ),
                "may_edit": draft.state == "draft" and may_make(self.scope).ok,
                "errors": error_items(draft),
                "parts": parts,
                "sheets": sheet_views(draft),
                "lead": lead_of(draft),
                "page_title": draft.name or "未命名的批次",
                "page_note": f"{draft.draft_no} · {draft.code or '没有批次代码'}",
                "breadcrumbs": [
                    {"label": "批次编制", "url": reverse("batch-drafts")},
                    {"label": draft.draft_no},
                ],
                **kwargs,
            }
        )

    def back(self, draft: BatchDraft) -> HttpResponse:
        return HttpResponseRedirect(reverse("batch-draft", args=[draft.draft_no]))

    def told(self, draft: BatchDraft, refusal: Refusal) -> HttpResponse:
        """What is missing beside the form; a refusal by state or right as a page of its own."""
        if isinstance(refusal, MissingInput):
            context = self.get_context_data(object=draft, step_error=refusal.reason)
            return self.render_to_response(context, status=400)
        return refusal_page(self.request, refusal)


class DraftUploadView(DraftView):
    """The mended workbook in place of all sheets."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft: BatchDraft = self.get_object()
        form = WorkbookForm(request.POST, request.FILES)
        try:
            if not form.is_valid():
                raise MissingInput("file", "请选择 .xlsx 工作簿")
            replace_by_workbook(
                draft=draft, upload=form.cleaned_data["file"], by=self.user, scope=self.scope,
                at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            return self.told(draft, refusal)
        messages.success(request, "已按新的工作簿重新检查")
        return self.back(draft)


class DraftPartView(DraftView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft: BatchDraft = self.get_object()
        form = PartForm(request.POST, request.FILES)
        try:
            if not form.is_valid():
                raise MissingInput("part", "请从页面上选择是哪一部分")
            attach_part(
                draft=draft, part=form.cleaned_data["part"], upload=form.cleaned_data["file"],
                by=self.user, scope=self.scope, at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            return self.told(draft, refusal)
        messages.success(request, "已上传")
        return self.back(draft)


class DraftFileView(DraftView):
    """A part's file, for the bureau while it is a draft."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        held = parts_of(self.get_object()).get(self.kwargs["part"])
        return kept_file(request, held.attachment if held else None)


class DraftWorkbookView(DraftView):
    """The workbook with its mistakes marked."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft: BatchDraft = self.get_object()
        return workbook_answer(f"{draft.draft_no}.xlsx", workbook_of(draft))


class DraftRowsView(DraftView):
    """The rows of one sheet: add one, take one away."""

    template_name = "catalog/batch_draft_rows.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet = sheet_of(self.kwargs["sheet"])
        if sheet is None:
            raise Http404
        draft: BatchDraft = kwargs["object"]
        context = super().get_context_data(**kwargs)
        view = next(each for each in sheet_views(draft, 500) if each.sheet.key == sheet.key)
        errors = [each for each in error_items(draft) if each["file"] == sheet.label]
        return context | {
            "view": view, "sheet": sheet, "errors": errors,
            "form": kwargs.get("form") or RowForm(sheet=sheet),
            "page_title": f"{sheet.label}：{draft.name or draft.draft_no}",
            "page_note": sheet.note,
        }  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft: BatchDraft = self.get_object()
        sheet = sheet_of(self.kwargs["sheet"])
        if sheet is None:
            raise Http404
        rows = list(draft.content.get(sheet.key, []))
        dropped = request.POST.get("drop", "")
        if dropped:
            rows = [each for each in rows if str(each["row"]) != dropped]
        else:
            form = RowForm(request.POST, sheet=sheet)
            if not form.is_valid():
                context = self.get_context_data(object=draft, form=form)
                return self.render_to_response(context, status=400)
            number = max((each["row"] for each in rows), default=1) + 1
            rows = [] if sheet.once else rows
            rows.append({"row": 2 if sheet.once else number, "cells": form.cleaned_data})
        version = request.POST.get("version", "")
        try:
            save_rows(
                draft=draft, sheet=sheet.key, rows=rows, by=self.user, scope=self.scope,
                at=timezone.now(), seen_version=int(version) if version.isdecimal() else None,
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return HttpResponseRedirect(reverse("batch-draft-rows", args=[draft.draft_no, sheet.key]))


class DraftActView(DraftView):
    """One step: a form, one operation, back to the draft."""

    http_method_names = ["post"]
    done: ClassVar[str] = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        draft: BatchDraft = self.get_object()
        form = DraftStepForm(request.POST)
        if not form.is_valid():
            return refusal_page(
                request,
                MissingInput("version", "页面的版本标记或原因不对，请刷新后再办理"),
                form,
            )
        try:
            self.act(draft, form.cleaned_data)
        except NotYours as refusal:
            return refusal_page(request, refusal, form)
        except Refusal as refusal:
            return self.told(draft, refusal)
        messages.success(request, self.done)
        return self.back(draft)

    def act(self, draft: BatchDraft, values: dict[str, Any]) -> None:
        """Carry the step out."""
        raise NotImplementedError


class DraftSubmitView(DraftActView):
    done = "已提交，由本局另一位审核或负责人复核发布"

    def act(self, draft: BatchDraft, values: dict[str, Any]) -> None:
        submit_draft(
            draft=draft, lead_reason=values["lead_reason"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class DraftPublishView(DraftActView):
    done = "已发布，所有业务用户可见，有关单位已收到通知"

    def act(self, draft: BatchDraft, values: dict[str, Any]) -> None:
        publish_draft(
            draft=draft, by=self.user, scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip


class DraftReturnView(DraftActView):
    done = "已退回修改"

    def act(self, draft: BatchDraft, values: dict[str, Any]) -> None:
        return_draft(
            draft=draft, note=values["note"], by=self.user, scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip


class DraftWithdrawView(DraftActView):
    done = "已作废"

    def act(self, draft: BatchDraft, values: dict[str, Any]) -> None:
        withdraw_draft(
            draft=draft, note=values["note"], by=self.user, scope=self.scope, at=timezone.now()
        )
