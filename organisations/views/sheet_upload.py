"""Many rows by one sheet: template, errors by row and column, preview, then all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from core.lists.sheet import (
    SheetColumn,
    SheetError,
    SheetRefused,
    SheetRow,
    marked_copy,
    read_sheet,
)
from core.lists.workbook import XLSX, workbook_response
from core.transitions import MissingInput, NotYours, Refusal, TransitionRefused, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView

VALID_SECONDS = 3600
LISTED = 200
PREVIEWED = 100
MAX_BYTES = 2_000_000


class SheetUploadView(ScopedTemplateView):
    """GET is the form, `?template=1` its template; POST checks a file, or writes what was shown.

    `row_form` makes the form of one row from its texts; `check` adds what concerns rows together;
    `write` carries out one operation. A choice may be written by its word or its code.
    """

    template_name = "layouts/sheet_upload.html"
    sheet_columns: ClassVar[tuple[SheetColumn, ...]]
    sheet_name: ClassVar[str]
    route: ClassVar[str]
    back_route: ClassVar[str]
    max_rows: ClassVar[int] = 1_000
    csv_too: ClassVar[bool] = False
    """Whether CSV is taken beside Excel, by the same headings and rules."""
    mapped: Collection[str] | None = None
    """Fields that a layout of the reader's own names; None: the template's headings and no others."""
    check_whole: ClassVar[bool] = False
    """Whether `check` judges the sheet as a whole (its sums, what is missing) and waits for every row."""

    def allowed(self, scope: Scope) -> Verdict:
        raise NotImplementedError

    def prepare(self, rows: Sequence[SheetRow]) -> None:
        """Look up in a few queries what the rows name."""

    def row_form(self, texts: dict[str, str]) -> forms.Form:
        raise NotImplementedError

    def check(self, rows: Sequence[SheetRow], values: Sequence[dict[str, Any]]) -> list[SheetError]:
        """What is wrong between rows; each row by itself was right.

        Where others were wrong it is asked of those that were read, so that one answer tells both;
        what it says must not rest on rows that are missing, or `check_whole` is set.
        """
        return []

    def write(self, values: Sequence[dict[str, Any]]) -> str:
        """One operation for all; gives the words that say what was done."""
        raise NotImplementedError

    def example_rows(self) -> list[list[Any]]:
        """What the template is prefilled with."""
        return []

    def heading(self, field: str) -> str:
        """What the file calls a field; '' for what is wrong with a row as a whole."""
        return self._headings.get(field, "")

    @cached_property
    def _headings(self) -> dict[str, str]:
        return {column.field: column.heading for column in self.sheet_columns}

    def upload_url(self) -> str:
        """This page's own address; a page below an object adds what names it."""
        return reverse(self.route)

    def back_url(self) -> str:
        """Where one goes after writing, or without it."""
        return reverse(self.back_route)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = self.allowed(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        if request.GET.get("template"):
            return workbook_response(
                name=f"{self.sheet_name}模板",
                columns=[(column.heading, column.width) for column in self.sheet_columns],
                rows=self.example_rows(),
            )
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = self.allowed(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        token = request.POST.get("token", "")
        if token:
            return self._held(request, token)
        file = request.FILES.get("file")
        if not isinstance(file, UploadedFile):
            return self._shown(file_error="请选择文件", status=400)
        try:
            rows = self._read(file.read())
        except SheetRefused as refused:
            return self._wrong(refused.errors, [], file.name or "")
        _, errors = self._checked(rows)
        if errors:
            return self._wrong(errors, rows, file.name or "")
        return self._shown(rows=rows, token=self._sign(rows, []), preview=list(rows[:PREVIEWED]))

    def take(self, content: bytes) -> str:
        """Check a file and write it at once, for a program that sees no preview.

        Raises SheetRefused with every mistake, nothing written; and what the operation raises.
        """
        rows = self._read(content)
        values, errors = self._checked(rows)
        if errors:
            raise SheetRefused(errors)
        return self.write(values)

    def _read(self, content: bytes) -> list[SheetRow]:
        return read_sheet(
            content, self.sheet_columns, max_bytes=MAX_BYTES, max_rows=self.max_rows,
            mapped=self.mapped, csv_too=self.csv_too,
        )  # fmt: skip

    def _held(self, request: HttpRequest, token: str) -> HttpResponse:
        """What was shown before: its marked copy, or its writing after it was checked anew."""
        try:
            held = signing.loads(token, salt=self.route, max_age=VALID_SECONDS)
        except signing.BadSignature:
            reason = "预览已过期或不完整，没有写入，请重新上传文件并确认"
            return refusal_page(request, MissingInput("token", reason))
        if held["user"] != self.user.pk:
            reason = "这份预览由另一个账号上传，请本人重新上传并确认"
            return refusal_page(request, MissingInput("token", reason))
        rows = [SheetRow(line, cells) for line, cells in held["rows"]]
        if held["errors"]:
            return self._marked(rows, [SheetError(**each) for each in held["errors"]])
        values, errors = self._checked(rows)
        if errors:
            return self._wrong(errors, rows, "")
        try:
            words = self.write(values)
        except Refusal as refusal:
            return refusal_page(request, TransitionRefused(refusal.reason, refusal.clause))
        messages.success(request, words)
        return HttpResponseRedirect(self.back_url())

    def _checked(self, rows: list[SheetRow]) -> tuple[list[dict[str, Any]], list[SheetError]]:
        self.prepare(rows)
        read: list[SheetRow] = []
        values: list[dict[str, Any]] = []
        errors: list[SheetError] = []
        for row in rows:
            form = self.row_form(row.cells)
            form.data = _codes(form, row.cells)
            if form.is_valid():
                read.append(row)
                values.append(form.cleaned_data)
                continue
            errors += [
                SheetError(row.line, self.heading(name), row.cells.get(name, "")[:80], str(message))
                for name, found in form.errors.items()
                for message in found
            ]
        if read and not (errors and self.check_whole):
            errors += self.check(read, values)
        return values, sorted(errors, key=lambda each: each.line)

    def _wrong(self, errors: list[SheetError], rows: list[SheetRow], name: str) -> HttpResponse:
        items = [asdict(error) | {"file": name} for error in errors[:LISTED]]
        token = self._sign(rows, errors[:LISTED]) if rows else ""
        return self._shown(
            status=400, file_errors=items, error_total=len(errors), marked_token=token
        )

    def _marked(self, rows: list[SheetRow], errors: list[SheetError]) -> HttpResponse:
        response = HttpResponse(marked_copy(self.sheet_columns, rows, errors), content_type=XLSX)
        name = f"{self.sheet_name}（标注错误）.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
        return response

    def _sign(self, rows: Sequence[SheetRow], errors: Sequence[SheetError]) -> str:
        held = {
            "rows": [[row.line, row.cells] for row in rows],
            "errors": [asdict(error) for error in errors],
            "user": self.user.pk,
        }
        return signing.dumps(held, salt=self.route, compress=True)

    def _shown(self, *, status: int = 200, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context), status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            sheet_columns=self.sheet_columns,
            upload_url=self.upload_url(),
            accept=".xlsx,.csv" if self.csv_too else ".xlsx",
            back_url=self.back_url(),
            limit=f"不超过 {MAX_BYTES // 1_000_000} MB、{self.max_rows} 行",
            **{
                "breadcrumbs": [
                    {"label": self.sheet_name, "url": self.back_url()},
                    {"label": "Excel 批量"},
                ],
                **kwargs,
            },
        )


def _codes(form: forms.Form, cells: dict[str, str]) -> dict[str, str]:
    """The cells with words of choices as their codes; what is no word stays for the form to refuse."""
    given = dict(cells)
    for name, field in form.fields.items():
        if isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            words = {str(label): str(value) for value, label in choices}
            given[name] = words.get(given.get(name, ""), given.get(name, ""))
        elif isinstance(field, forms.BooleanField):
            given[name] = {"是": "on", "否": ""}.get(given.get(name, ""), given.get(name, ""))
    return given
