"""Published quantities by Excel: template, dry run with preview, errors by cell, marked copy."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from catalog.forms.listings import TableUploadForm
from catalog.operations.table_upload import MAX_BYTES, TableRefused, sheet_of, write_marked
from core.attachments.models import Attachment
from core.attachments.store import keep_made, path_of
from core.lists.workbook import XLSX, write_workbook
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from organisations.views.files import kept_file
from volumes.models import AgreedRound
from volumes.operations.agreed.publish import (
    HEADINGS,
    REMEDIES,
    PublishedRow,
    read_published,
    take_published,
)
from volumes.queries.agreed_files import OWNER_TYPE, own_file
from volumes.views.agreed import CRUMB, OfRound

SALT = "volumes.published"
VALID_SECONDS = 3600
SHOWN = 100


class PublishedTemplateView(OfRound):
    """The empty workbook with its three headings."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.own_round()
        except Refusal as refusal:
            return refusal_page(request, refusal)
        buffer = io.BytesIO()
        write_workbook(buffer, columns=[(word, 26) for word in HEADINGS], rows=[])
        answer = HttpResponse(buffer.getvalue(), content_type=XLSX)
        answer["Content-Disposition"] = (
            content_disposition_header(True, "公布约定量_模板.xlsx") or ""
        )
        return answer


class PublishedUploadView(OfRound):
    """Dry run: every mistake by row and column, or what would change."""

    template_name = "volumes/agreed_upload.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            row = self.own_round()
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return self.render_to_response(self.get_context_data(object=row, form=TableUploadForm()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            row = self.own_round()
        except Refusal as refusal:
            return refusal_page(request, refusal)
        form = TableUploadForm(request.POST, request.FILES)
        if form.is_valid() and form.cleaned_data["file"].size > MAX_BYTES:
            form.add_error("file", "文件超过 5 MB")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(object=row, form=form), status=400)
        file = form.cleaned_data["file"]
        body = file.read()
        try:
            rows = read_published(row, sheet_of(body))
        except TableRefused as refused:
            return self._refused(row, form, file.name, refused)
        kept = self._keep(f"公布约定量_{file.name}", io.BytesIO(body))
        token = signing.dumps(
            {"file": kept.pk, "round": row.round_no, "user": self.user.pk}, salt=SALT
        )
        return self.render_to_response(
            self.get_context_data(object=row, form=form, token=token, preview=_preview(rows))
        )

    def _keep(self, name: str, body: io.BytesIO) -> Attachment:
        return keep_made(
            owner_type=OWNER_TYPE, owner_id=self.user.pk, name=name[-200:], body=body,
            content_type=XLSX, by=self.user, at=timezone.now(),
        )  # fmt: skip

    def _refused(
        self, row: AgreedRound, form: Any, name: str, refused: TableRefused
    ) -> HttpResponse:
        marked_url = ""
        if refused.sheet:
            buffer = io.BytesIO()
            write_marked(refused, buffer)
            kept = self._keep(f"错误_{name}", buffer)
            marked_url = reverse("agreed-upload-marked", args=[row.round_no, kept.pk])
        items = [
            {"file": name, "line": each.line or None, "column": each.column, "value": each.value,
             "message": each.message, "remedy": each.remedy}
            for each in refused.problems[:SHOWN]
        ]  # fmt: skip
        context = self.get_context_data(
            object=row, form=form, file_errors=items, error_total=len(refused.problems),
            marked_url=marked_url,
        )  # fmt: skip
        return self.render_to_response(context, status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: AgreedRound = kwargs["object"]
        return super().get_context_data(
            columns=list(zip(HEADINGS, REMEDIES, strict=True)),
            breadcrumbs=[{"label": CRUMB, "url": reverse("agreed-rounds")},
                         {"label": row.round_no, "url": reverse("agreed-round", args=[row.round_no])},
                         {"label": "导入公布约定量"}],
            page_note="先校验并预览，确认后才写入；有任何一处错误都不写入",
            **{**kwargs, "page_title": "导入公布约定量"},
        )  # fmt: skip


def _preview(rows: list[PublishedRow]) -> dict[str, Any]:
    return {
        "total": len(rows),
        "units": len({each.institution_id for each in rows}),
        "products": len({each.product_id for each in rows}),
    }


class PublishedApplyView(OfRound):
    """Writes the file that the preview was of, after reading it anew."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            row = self.own_round()
            rows = read_published(row, sheet_of(self._held(row)))
            number = take_published(
                row=row, rows=rows, by=self.user, scope=self.scope, at=timezone.now()
            )
        except TableRefused:
            reason = "预览之后目录有变动，文件已不能整体写入，请重新上传核对"
            return refusal_page(request, MissingInput("token", reason))
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, f"已写入 {number} 行公布约定量")
        return HttpResponseRedirect(
            f"{reverse('agreed-quantities')}?round={row.round_no}&differs=1"
        )

    def _held(self, row: AgreedRound) -> bytes:
        try:
            held = signing.loads(
                self.request.POST.get("token", ""), salt=SALT, max_age=VALID_SECONDS
            )
        except signing.BadSignature as broken:
            reason = "预览已过期或不完整，没有写入，请重新上传文件并确认"
            raise MissingInput("token", reason) from broken
        kept = own_file(self.user, held["file"])
        if held["user"] != self.user.pk or held["round"] != row.round_no or kept is None:
            raise MissingInput("token", "这份预览由另一个账号上传，请本人重新上传并确认")
        return path_of(kept.file).read_bytes()


class PublishedMarkedView(OfRound):
    """The marked copy, for whoever uploaded it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        self.get_object()
        kept = own_file(self.user, kwargs["file_id"])
        return kept_file(request, kept)
