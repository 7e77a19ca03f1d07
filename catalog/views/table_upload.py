"""Maximum prices and shortage lists by Excel: template, dry run, errors by cell, marked copy."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from catalog.forms.listings import TableUploadForm
from catalog.operations.table_upload import (
    MAX_BYTES,
    TABLES,
    Table,
    TableRefused,
    current_rows,
    read_table,
    take_table,
    write_marked,
    write_template,
)
from catalog.queries.dated import holding
from catalog.queries.marked_copies import OWNER_TYPE, marked_copy
from catalog.queries.price_checks import visible_maximum_prices, visible_shortages
from catalog.queries.visible import visible_groups, visible_products
from catalog.views.listings import OfficerPage
from core.attachments.store import keep_made
from core.lists.workbook import XLSX
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from organisations.views.files import kept_file

SALT = "catalog.price-table"
VALID_SECONDS = 3600
LISTED_ERRORS = 100
LIST_ROUTES = {"maximum-prices": "maximum-price-list", "shortages": "shortage-list"}
VISIBLE = {"maximum-prices": visible_maximum_prices, "shortages": visible_shortages}


class OfTable(OfficerPage):
    """Pages below one kind of workbook."""

    template_name = "catalog/table_upload.html"
    table_key = ""

    @property
    def table(self) -> Table:
        return TABLES[self.table_key]

    @property
    def prefix(self) -> str:
        return LIST_ROUTES[self.table_key].removesuffix("-list")

    def entries(self) -> QuerySet[Any]:
        return VISIBLE[self.table_key](self.scope).select_related("group", "product")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        crumbs = [
            {"label": self.table.label, "url": reverse(LIST_ROUTES[self.table_key])},
            {"label": "Excel 导入"},
        ]
        return super().get_context_data(
            **{
                "page_title": f"导入{self.table.label}",
                "page_note": "先校验并预览，确认后才写入；有任何一处错误都不写入",
                "breadcrumbs": crumbs,
                "table": self.table,
                "form": TableUploadForm(),
                "list_url": reverse(LIST_ROUTES[self.table_key]),
                "upload_url": reverse(f"{self.prefix}-upload"),
                "apply_url": reverse(f"{self.prefix}-apply"),
                "template_url": reverse(f"{self.prefix}-template"),
                **kwargs,
            }
        )


class TableTemplateView(OfTable):
    """The workbook with what is in force today."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = self.entries().filter(holding(timezone.localdate())).order_by("pk")
        buffer = io.BytesIO()
        write_template(self.table, buffer, current_rows(self.table, rows))
        answer = HttpResponse(buffer.getvalue(), content_type=XLSX)
        name = f"{self.table.label}_模板.xlsx"
        answer["Content-Disposition"] = content_disposition_header(True, name) or ""
        return answer


class TableUploadView(OfTable):
    def post(self, request: HttpRequest) -> HttpResponse:
        form = TableUploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        file = form.cleaned_data["file"]
        if file.size > MAX_BYTES:
            form.add_error("file", "文件超过 5 MB")
            return self.render_to_response(self.get_context_data(form=form), status=400)
        try:
            rows = read_table(
                self.table, file.read(), groups=visible_groups(self.scope),
                products=visible_products(self.scope), today=timezone.localdate(),
            )  # fmt: skip
        except TableRefused as refused:
            return self._refused(form, file.name, refused)
        token = signing.dumps(
            {"table": self.table_key, "rows": rows, "user": self.user.pk}, salt=SALT, compress=True
        )
        return self.render_to_response(
            self.get_context_data(form=form, preview=self._preview(rows), token=token)
        )

    def _preview(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """What each row would change: new, another value, or the same."""
        now = {
            (each.group.code if each.group else "", each.product.code if each.product else ""): each
            for each in self.entries().filter(holding(timezone.localdate()))
        }
        counted = {"new": 0, "changed": 0}
        shown: list[dict[str, Any]] = []
        for row in rows:
            before = now.get((row["group"], row["product"]))
            counted["changed" if before else "new"] += 1
            if len(shown) < 50:
                shown.append({"row": row, "before": before})
        return {**counted, "total": len(rows), "rows": shown}

    def _refused(self, form: Any, name: str, refused: TableRefused) -> HttpResponse:
        marked_url = ""
        if refused.sheet:
            buffer = io.BytesIO()
            write_marked(refused, buffer)
            kept = keep_made(
                owner_type=OWNER_TYPE, owner_id=self.user.pk, name=f"错误_{name}"[-200:],
                body=buffer, content_type=XLSX, by=self.user, at=timezone.now(),
            )  # fmt: skip
            marked_url = reverse(f"{self.prefix}-marked", args=[kept.pk])
        items = [
            {"file": name, "line": each.line or None, "column": each.column, "value": each.value,
             "message": each.message, "remedy": each.remedy}
            for each in refused.problems[:LISTED_ERRORS]
        ]  # fmt: skip
        context = self.get_context_data(
            form=form, file_errors=items, error_total=len(refused.problems), marked_url=marked_url
        )
        return self.render_to_response(context, status=400)


class TableApplyView(OfTable):
    """Writes what the preview showed."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            held = signing.loads(request.POST.get("token", ""), salt=SALT, max_age=VALID_SECONDS)
        except signing.BadSignature:
            reason = "预览已过期或不完整，没有写入，请重新上传文件并确认"
            return refusal_page(request, MissingInput("token", reason))
        if held["user"] != self.user.pk or held["table"] != self.table_key:
            reason = "这份预览由另一个账号上传，请本人重新上传并确认"
            return refusal_page(request, MissingInput("token", reason))
        try:
            count = take_table(
                self.table, rows=held["rows"], groups=visible_groups(self.scope),
                products=visible_products(self.scope), by=self.user, scope=self.scope,
                at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, f"已写入 {count} 行")
        return HttpResponseRedirect(reverse(LIST_ROUTES[self.table_key]))


class TableMarkedView(OfTable):
    """The marked copy, for whoever uploaded it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        kept = marked_copy(self.user, kwargs["file_id"])
        return kept_file(request, kept)
