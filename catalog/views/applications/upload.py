"""Many applications from one workbook: the template, a dry run with every error, then all or none."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.operations.applications.sheet_drafts import (
    SheetRefused,
    check_sheet,
    draft_from_sheet,
)
from catalog.operations.applications.sheet_reading import MAX_BYTES, Sheet
from catalog.queries.application_offices import provinces_with_bureau
from catalog.queries.application_sheet import MAX_ROWS, columns_of, template_rows
from catalog.queries.applications import uploads_of
from catalog.states.application import ApplicationKind
from catalog.views.applications.writing import WritingView
from core.attachments.store import keep_made, path_of
from core.lists.workbook import XLSX, workbook_response
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from organisations.views.files import kept_file

OWNER = "application_upload"
LISTED = 100
PREVIEWED = 20


class ApplicationUploadView(WritingView):
    """The form, and the dry run."""

    template_name = "catalog/applications/upload.html"
    page_title = "Excel 批量填报"
    page_note = "先校验，有任何一处错误都不写入；确认后全部存为草稿，补齐材料再提交"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = request.POST.get("kind", "")
        upload = request.FILES.get("file")
        if kind not in ApplicationKind.values:
            return self._again(kind, "请选择申请类别")
        if upload is None:
            return self._again(kind, "请选择填好的工作簿")
        if (upload.size or 0) > MAX_BYTES:
            return self._again(kind, "工作簿超过 5 MB，请只保留填写的表")
        content = upload.read()
        sheet = check_sheet(content, kind=kind, scope=self.scope, at=timezone.now())
        if sheet.errors:
            return self._errors(kind, upload.name or "", sheet)
        kept = self._keep(upload.name or "申请.xlsx", content)
        context = self.get_context_data(
            kind=kind, sheet=sheet, file_id=kept, preview=sheet.rows[:PREVIEWED],
            kind_label=ApplicationKind(kind).label, province=request.POST.get("province", ""),
        )  # fmt: skip
        return self.render_to_response(context)

    def _errors(self, kind: str, name: str, sheet: Sheet) -> HttpResponse:
        marked = self._keep(f"标错_{name}"[-150:], _marked(sheet)) if sheet.cells else None
        items = [
            {
                "file": name, "line": each.line or "", "column": each.column, "value": each.value,
                "message": each.message, "remedy": "改正后重新上传整份文件",
            }
            for each in sheet.errors[:LISTED]
        ]  # fmt: skip
        context = self.get_context_data(
            kind=kind, file_errors=items, error_total=len(sheet.errors),
            marked_url=reverse("application-upload-file", args=[marked]) if marked else "",
        )  # fmt: skip
        return self.render_to_response(context, status=400)

    def _again(self, kind: str, reason: str) -> HttpResponse:
        return self.render_to_response(
            self.get_context_data(kind=kind, upload_error=reason), status=400
        )

    def _keep(self, name: str, content: bytes) -> int:
        kept = keep_made(
            owner_type=OWNER, owner_id=self.user.pk, name=name, body=io.BytesIO(content),
            content_type=XLSX, by=self.user, at=timezone.now(),
        )  # fmt: skip
        return int(kept.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        provinces = provinces_with_bureau() if self.user.organisation.region is None else []
        return super().get_context_data(
            kinds=[
                {"value": kind, "label": label, "url": reverse("application-template", args=[kind])}
                for kind, label in ApplicationKind.choices
            ],
            provinces=provinces if len(provinces) > 1 else [],
            max_rows=MAX_ROWS,
            breadcrumbs=self.crumbs({"label": "Excel 批量填报"}),
            **kwargs,
        )  # fmt: skip


class ApplicationUploadApplyView(WritingView):
    """Drafts what the dry run showed; the file is read and checked again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind, number = request.POST.get("kind", ""), request.POST.get("file", "")
        provinces = {each.code: each for each in provinces_with_bureau()}
        found = None
        if number.isdecimal() and len(number) < 19:
            found = uploads_of(self.user.pk).filter(pk=int(number)).first()
        if found is None or kind not in ApplicationKind.values:
            return refusal_page(request, MissingInput("file", "没有找到校验过的文件，请重新上传"))
        try:
            rows = draft_from_sheet(
                content=path_of(found.file).read_bytes(), kind=kind, by=self.user,
                scope=self.scope, at=timezone.now(),
                province=provinces.get(request.POST.get("province", "")),
            )  # fmt: skip
        except SheetRefused as refused:
            reason = f"目录在校验之后有变化，没有写入：{refused.reason}。请重新上传校验"
            return refusal_page(request, MissingInput("file", reason))
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, f"已存为 {len(rows)} 件草稿，补齐材料后提交")
        return HttpResponseRedirect(f"{reverse('application-list')}?state=draft")


class ApplicationTemplateView(WritingView):
    """The workbook of one kind, filled with the own products as they are recorded."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kind = self.kwargs["kind"]
        if kind not in ApplicationKind.values:
            raise Http404
        return workbook_response(
            name=f"{ApplicationKind(kind).label}_模板",
            columns=[(column.label, column.width) for column in columns_of(kind)],
            rows=template_rows(self.scope, kind, timezone.localdate()),
        )


class ApplicationUploadFileView(WritingView):
    """The marked copy of an own upload."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return kept_file(
            request, uploads_of(self.user.pk).filter(pk=self.kwargs["file_id"]).first()
        )


def _marked(sheet: Sheet) -> bytes:
    """The sheet as it was, wrong cells red with their reason, and all reasons of a row at its end."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet("标错")
    red = book.add_format({"bg_color": "#F8D7DA", "font_color": "#842029"})
    head = sheet.cells[0]
    wrong = {(error.line, error.column): error.message for error in sheet.errors}
    for number, cells in enumerate(sheet.cells, start=1):
        for index, text in enumerate(cells):
            label = head[index] if index < len(head) else ""
            message = wrong.get((number, label)) if label else None
            page.write_string(number - 1, index, text, red if message else None)
            if message:
                page.write_comment(number - 1, index, message)
        said = [f"{e.column}：{e.message}" for e in sheet.errors if e.line == number]
        if said:
            page.write_string(number - 1, len(head), "；".join(said), red)
    book.close()
    return target.getvalue()
