"""Imports of datasets: the list with its upload, one import with its preview, its steps, files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

import interchange.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from interchange.documents.template import template_zip
from interchange.filters import ImportFilter
from interchange.forms import SeenVersion, most_megabytes
from interchange.models import DatasetImport
from interchange.operations.import_files import marked_of
from interchange.operations.upload_dataset import cancel_import, confirm_import, upload_dataset
from interchange.queries.import_page import (
    NEXT,
    ImportRow,
    act_verdict,
    file_parts,
    import_documents,
    import_holder,
    import_panel,
    import_row,
    problem_page,
)
from interchange.queries.imports import (
    import_standings,
    is_over,
    may_import,
    visible_imports,
)
from interchange.states import IMPORT_MACHINE
from interchange.tables import IMPORT_COLUMNS
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.files import made_file
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView, ScopedRows, ScopedView


class ImportRows(ScopedRows):
    """Of the province's bureau; for all others there are no such pages."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def visible(self, scope: Scope) -> QuerySet[DatasetImport]:
        return visible_imports(scope).select_related("job")


class ImportListView(FilteredListView):
    """What was handed in, newest first, under the form that hands in more."""

    template_name = "interchange/import_list.html"
    page_title = "数据导入"
    page_note = "先检查并预览变化，确认后一次性写入；有任何一处错误都不写入"
    filterset_class = ImportFilter
    columns = IMPORT_COLUMNS
    default_sort = "-uploaded"
    keyset = ("uploaded_at", "id")
    route, export_route, sheet_name = "import-list", "import-export", "数据导入"
    bar = ("state", "since", "until")
    search_hint = "导入编号、文件名、上传人"
    empty_title, empty_icon = "没有导入记录", "upload"
    empty_text = "上传的文件、检查结果和写入的行数会一直留在这里。"
    upload_errors: tuple[str, ...] = ()

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def everything(self, scope: Scope) -> QuerySet[DatasetImport]:
        # What a list does not show stays in the database: previews and mistakes are large.
        rows = visible_imports(scope).select_related("job")
        return rows.defer("files", "preview", "problems")

    def rows(self, objects: Iterable[Any]) -> list[ImportRow]:
        return [import_row(row) for row in objects]

    def row_key(self, row: ImportRow) -> int:
        return int(row.row.pk)

    def row_label(self, row: ImportRow) -> str:
        return row.row.import_no

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand files in; the answer is the import's own page."""
        try:
            row = upload_dataset(
                uploads=request.FILES.getlist("files"), by=self.user, scope=self.scope,
                at=timezone.now(),
            )  # fmt: skip
        except MissingInput as missing:
            self.upload_errors = (missing.reason,)
            self.object_list = self.get_queryset()
            return self.render_to_response(self.get_context_data(), status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return HttpResponseRedirect(reverse("import-detail", args=[row.import_no]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may=may_import(self.scope),
            most_megabytes=most_megabytes(),
            upload_errors=self.upload_errors,
            **kwargs,
        )


class ImportExportView(ExportMixin, ImportListView):
    http_method_names = ("get", "head", "options")


class ImportDetailView(ImportRows, ScopedDetailView):
    object: DatasetImport
    template_name = "interchange/import_detail.html"
    key_field: ClassVar[str] = "import_no"
    key: ClassVar[str] = "import_no"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: DatasetImport = kwargs["object"]
        shown = import_row(row)
        number = self.request.GET.get("page", "1")
        return super().get_context_data(
            **kwargs
            | {
                "shown": shown,
                "next": NEXT[shown.state],
                "holder": import_holder(row, shown.state),
                "offered": offered_actions(
                    IMPORT_MACHINE.offers(row, import_standings(self.scope, row)),
                    url=lambda verb: reverse(f"import-{verb}", args=[row.import_no]),
                    version=row.row_version,
                    dialogs={"confirm": "confirm-import"},
                )
                if not is_over(row)
                else [],
                "timeline": steps_of(self.scope, IMPORT_MACHINE.name, row.pk, row.import_no),
                "documents": import_documents(row),
                "panel": import_panel(row),
                "parts": file_parts(row),
                "problems": problem_page(row, int(number) if number.isdecimal() else 1),
                "confirm": act_verdict(row, self.scope, "confirm"),
                "cancel": act_verdict(row, self.scope, "cancel"),
                "has_marked": bool(row.problems) and marked_of(row.import_no).is_file(),
                "page_title": row.import_no,
                "page_note": row.title,
                "breadcrumbs": [
                    {"label": "数据导入", "url": reverse("import-list")},
                    {"label": row.import_no},
                ],
            }
        )


class ImportPanelView(ImportDetailView):
    """The part of the page that asks for itself again every two seconds."""

    template_name = "interchange/_import_panel.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().get(request, *args, **kwargs)
        if is_over(self.object) or self.object.state == DatasetImport.State.CHECKED:
            # The whole page has more to tell of a check or a load that has ended.
            answer["HX-Refresh"] = "true"
        return answer


class ImportActView(ImportRows, ScopedDetailView):
    """A step posted from the import's page: one operation, back to the page."""

    key_field: ClassVar[str] = "import_no"
    key: ClassVar[str] = "import_no"
    http_method_names = ["post"]
    done: ClassVar[str] = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: DatasetImport = self.get_object()
        form = SeenVersion(request.POST)
        if not form.is_valid():
            reason = "页面的版本标记不对，请刷新后再办理"
            return refusal_page(request, MissingInput("version", reason), form)
        try:
            self.act(row, form.cleaned_data["version"])
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, self.done)
        return HttpResponseRedirect(reverse("import-detail", args=[row.import_no]))

    def act(self, row: DatasetImport, version: int | None) -> None:
        """Carry the step out."""
        raise NotImplementedError


class ImportConfirmView(ImportActView):
    done = "已确认，正在写入；可以离开本页"

    def act(self, row: DatasetImport, version: int | None) -> None:
        confirm_import(
            row=row, by=self.user, scope=self.scope, at=timezone.now(), seen_version=version
        )


class ImportCancelView(ImportActView):
    done = "已取消，没有写入任何数据"

    def act(self, row: DatasetImport, version: int | None) -> None:
        cancel_import(row=row, by=self.user, scope=self.scope, at=timezone.now())


class ImportMarkedView(ImportRows, ScopedDetailView):
    """The files with the column 错误说明."""

    key_field: ClassVar[str] = "import_no"
    key: ClassVar[str] = "import_no"

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> FileResponse:
        row: DatasetImport = self.get_object()
        path = marked_of(row.import_no)
        if not row.problems or not path.is_file():
            raise Http404
        return made_file(request, f"{row.import_no}_错误标注.zip", path)


class ImportTemplateView(ScopedView):
    """The empty dataset."""

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_province_bureau

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = HttpResponse(template_zip(), content_type="application/zip")
        answer["Content-Disposition"] = content_disposition_header(True, "数据集模板.zip") or ""
        return answer
