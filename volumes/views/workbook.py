"""The sheet as Excel: download, dry run, then all or nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header

from core.lists.workbook import XLSX
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from organisations.views.files import kept_file
from organisations.views.scoped import ScopedDetailView
from volumes.documents.workbook import sheet_workbook
from volumes.forms import ApplyForm, UploadForm
from volumes.models import VolumeReport
from volumes.operations.reports.moving import report_url
from volumes.operations.reports.save import NOT_YOURS
from volumes.operations.reports.upload import CheckedSheet, apply_sheet, check_sheet, marked_copy
from volumes.queries.sheet import member_figures, report_sheet
from volumes.queries.standings import writes_report
from volumes.rules.figures import WrongFigures
from volumes.states.reasons import DeviationReason
from volumes.views.reports import ReportDetailView, problem_items

SHOWN = 100


class ReportWorkbookView(ReportDetailView):
    """The sheet as it stands, for whoever sees the report."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report: VolumeReport = self.get_object()
        together = report.consortium_id is not None
        members = list(member_figures(self.scope, report)) if together else None
        answer = HttpResponse(
            sheet_workbook(
                report.report_no, report_sheet(report), members,
                split=report.task.split_by_manufacturer,
            ),
            content_type=XLSX,
        )  # fmt: skip
        name = f"报量_{report.institution.name}_{report.report_no}.xlsx"
        answer["Content-Disposition"] = content_disposition_header(True, name) or ""
        return answer


class ReportUploadView(ReportDetailView):
    """The form, and the dry run; only for who fills the report in."""

    object: VolumeReport
    template_name = "volumes/upload.html"
    http_method_names = ["get", "post"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        if not writes_report(self.scope, self.object):
            return refusal_page(request, NotYours(NOT_YOURS))
        return self.render_to_response(self.get_context_data(object=self.object))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                checked = check_sheet(
                    report=self.object, upload=form.cleaned_data["file"], by=self.user,
                    scope=self.scope, at=timezone.now(),
                )  # fmt: skip
            except MissingInput as broken:
                form.add_error("file", broken.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                return self._checked(form.cleaned_data["file"].name, checked)
        elif not writes_report(self.scope, self.object):
            return refusal_page(request, NotYours(NOT_YOURS), form)
        return self.render_to_response(
            self.get_context_data(object=self.object, form=form), status=400
        )

    def _checked(self, name: str, checked: CheckedSheet) -> HttpResponse:
        report: VolumeReport = self.object
        if checked.problems:
            said = problem_items(checked.problems)
            marked = reverse("volume-report-marked", args=[report.report_no, checked.kept.pk])
            context = self.get_context_data(
                object=report, file_errors=[{**each, "file": name} for each in said["items"]],
                error_total=said["total"], marked_url=marked,
            )  # fmt: skip
            return self.render_to_response(context, status=400)
        labels = dict(DeviationReason.choices)
        context = self.get_context_data(
            object=report, file_name=name, total=checked.total, moved=len(checked.changes),
            changes=[(each, labels.get(each.reason_code, "")) for each in checked.changes[:SHOWN]],
            apply_form=ApplyForm(initial={"upload": checked.kept.pk, "version": report.row_version}),
        )  # fmt: skip
        return self.render_to_response(context)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report: VolumeReport = kwargs["object"]
        crumbs = [
            {"label": "报量", "url": reverse("volume-reports")},
            {"label": report.institution.name, "url": report_url(report)},
            {"label": "用 Excel 填报"},
        ]
        title = {
            "page_title": "用 Excel 填报",
            "page_note": "先校验并预览变化，确认后一次写入；有任何一处错误都不写入",
        }
        return super(ScopedDetailView, self).get_context_data(
            **{"form": UploadForm(), "breadcrumbs": crumbs, **title, **kwargs}
        )


class ReportApplyView(ReportDetailView):
    """Write the file that was checked."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report: VolumeReport = self.get_object()
        if not writes_report(self.scope, report):
            return refusal_page(request, NotYours(NOT_YOURS))
        form = ApplyForm(request.POST)
        try:
            if not form.is_valid():
                raise MissingInput("upload", "没有指明要写入的文件，请重新上传并确认")
            apply_sheet(
                report=report, upload_id=form.cleaned_data["upload"], by=self.user,
                scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except WrongFigures as wrong:
            return self.again(report, problems=wrong.problems)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已按文件写入")
        return HttpResponseRedirect(report_url(report))


class ReportMarkedView(ReportDetailView):
    """The uploader's own workbook with the mistakes marked."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:  # type: ignore[override]
        kept = marked_copy(
            report=self.get_object(), upload_id=self.kwargs["file_id"], scope=self.scope
        )
        return kept_file(request, kept)
