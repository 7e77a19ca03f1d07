"""工作报告: the list with what is late, one report with its tables, its steps and files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

import monitoring.tasks  # noqa: F401 - its kinds of job get their names by being imported
from core.jobs.models import Job
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from core.views.object_page import document_items, offered_actions
from monitoring.filters.periodic_reports import PeriodicReportFilter
from monitoring.forms.periodic_reports import ReportNewForm, ReportNoteForm, ReportTextForm
from monitoring.models import PeriodicReport
from monitoring.operations.reports.draft import OBJECT_TYPE, report_url, request_report
from monitoring.operations.reports.hand_in import NAMED, edit_report, perform_report_step
from monitoring.queries.periodic_reports import (
    drawn_tables,
    is_late,
    own_report_kinds,
    reads_report,
    report_files,
    report_standings,
    visible_periodic_reports,
)
from monitoring.states.report import AUTHOR, RECEIVER, REPORT_LEVELS, REPORT_MACHINE, UNSENT
from monitoring.tables.periodic_reports import REPORT_COLUMNS
from monitoring.views.draft_request import DraftRequestView
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.files import served
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView

LABEL = "工作报告"
DONE = {
    "submit": "已报送，定稿文件已生成", "retake": "附表已按现在的数据重新取数", "accept": "已接收",
    "return": "已退回，对方会收到通知",
}  # fmt: skip


class PeriodicReportListView(FilteredListView):
    page_title = LABEL
    page_note = (
        "市级半年报告和处方点评结果，省级季度执行情况、三率表、年度纠风清单、抄送药监的名单；"
        "期间结束后自动起草，核改后报送"
    )
    filterset_class = PeriodicReportFilter
    columns = REPORT_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "periodic-reports", "periodic-reports-export", LABEL
    bar = ("kind", "state", "year")
    held = ("late",)
    search_hint = "标题、报送单位、编号"
    empty_title = "没有工作报告"
    empty_text = "期间结束后自动起草。"
    empty_icon = "file-text"

    def everything(self, scope: Scope) -> QuerySet[PeriodicReport]:
        return visible_periodic_reports(scope).select_related("issuer", "receiver")

    def row_label(self, row: PeriodicReport) -> str:
        return row.report_no

    def row_late(self, row: PeriodicReport) -> bool:
        return is_late(row, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url, late = reverse(self.route), self.request.GET.get("late") == "1"
        new = {"label": "起草报告", "icon": "plus", "url": reverse("periodic-report-new"),
               "kind": "primary"}  # fmt: skip
        return super().get_context_data(
            tabs=[{"label": "全部", "url": url, "active": not late},
                  {"label": "逾期未报送", "url": f"{url}?late=1", "active": late}],
            actions=[new] if own_report_kinds(self.scope) else [], **kwargs,
        )  # fmt: skip


class PeriodicReportExportView(ExportMixin, PeriodicReportListView):
    pass


class PeriodicReportNewView(DraftRequestView):
    template_name = "monitoring/periodic_report_form.html"
    page_title = "起草报告"
    route, crumb = "periodic-report-new", (LABEL, "periodic-reports")

    def kinds(self, scope: Scope) -> tuple[str, ...]:
        return own_report_kinds(scope)

    def form(self, *given: Any) -> forms.Form:
        return ReportNewForm(*given, kinds=own_report_kinds(self.scope))

    def ask(self, **asked: Any) -> Job:
        return request_report(**asked)


class PeriodicReportView(ScopedDetailView):
    template_name = "monitoring/periodic_report.html"
    key_field = key = "report_no"

    def visible(self, scope: Scope) -> QuerySet[PeriodicReport]:
        return visible_periodic_reports(scope).select_related(*NAMED)

    def crumbs(self, report: PeriodicReport, *more: str) -> list[dict[str, str]]:
        own = {"label": report.report_no, "url": report_url(report)}
        last = [own, *({"label": each} for each in more)] if more else [{"label": report.report_no}]
        return [{"label": LABEL, "url": reverse("periodic-reports")}, *last]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report: PeriodicReport = kwargs["object"]
        standings = report_standings(self.scope, report)
        number = report.report_no
        late = is_late(report, timezone.localdate())
        who = {"draft": report.issuer.name, "returned": report.issuer.name,
               "submitted": report.receiver.name}.get(report.state, "")  # fmt: skip
        judges = RECEIVER in standings and report.state == "submitted"
        context = {
            "level": "red" if late else REPORT_LEVELS[report.state], "late": late, "who": who,
            "reads": reads_report(self.scope, report), "tables": drawn_tables(report),
            "offered": offered_actions(
                REPORT_MACHINE.offers(report, standings),
                url=lambda verb: reverse("periodic-report-step", args=[number, verb]),
                version=report.row_version,
                on_page={"edit": reverse("periodic-report-edit", args=[number]),
                         "accept": "judge", "return": "judge"},
            ),
            "retake_url": reverse("periodic-report-step", args=[number, "retake"])
            if AUTHOR in standings and report.state in UNSENT else "",
            "accept_url": reverse("periodic-report-step", args=[number, "accept"]),
            "return_url": reverse("periodic-report-step", args=[number, "return"]),
            "judge_form": kwargs.pop("judge_form", None)
            or (ReportNoteForm(initial={"version": report.row_version}) if judges else None),
            "documents": document_items(
                report_files(report),
                lambda each: reverse("periodic-report-file", args=[number, each.pk]),
            ) if reads_report(self.scope, report) else [],
            "timeline": with_holder(steps_of(self.scope, OBJECT_TYPE, report.pk), who=who),
            "breadcrumbs": self.crumbs(report),
        }  # fmt: skip
        return super().get_context_data(**{**context, **kwargs, "page_title": report.title})


class PeriodicReportStepView(PeriodicReportView):
    """POST only: hand in, take figures anew, receive, send back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report: PeriodicReport = self.get_object()
        form = ReportNoteForm(request.POST)
        verb = self.kwargs["verb"]
        try:
            if not form.is_valid():
                raise MissingInput("version", "页面没有带上版本，请刷新本页后再办理")
            moved = perform_report_step(
                verb, report, note=form.cleaned_data["note"], by=self.user, scope=self.scope,
                at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except KeyError:
            raise Http404 from None
        except MissingInput as missing:
            if missing.field != "note":
                return refusal_page(request, missing, form)
            form.add_error("note", missing.reason)
            self.object = report
            context = self.get_context_data(object=report, judge_form=form)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(report_url(moved))


class PeriodicReportEditView(PeriodicReportView):
    """The words of an own draft."""

    template_name = "monitoring/periodic_report_form.html"

    def visible(self, scope: Scope) -> QuerySet[PeriodicReport]:
        return super().visible(scope).filter(issuer_id=scope.organisation_id)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report: PeriodicReport = kwargs["object"]
        kwargs.setdefault("form", ReportTextForm(initial={
            "version": report.row_version, "title": report.title, "body": report.body,
        }))  # fmt: skip
        return super(PeriodicReportView, self).get_context_data(
            **{**kwargs, "page_title": f"修改文稿：{report.title}"}, submit="保存",
            action=reverse("periodic-report-edit", args=[report.report_no]),
            draft=f"report-{report.report_no}", breadcrumbs=self.crumbs(report, "修改"),
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report: PeriodicReport = self.get_object()
        form = ReportTextForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                edit_report(
                    report=report, title=given["title"], body=given["body"], by=self.user,
                    scope=self.scope, at=timezone.now(), seen_version=given["version"],
                )  # fmt: skip
            except MissingInput as missing:
                form.add_error(
                    missing.field if missing.field in form.fields else None, missing.reason
                )
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
            else:
                messages.success(request, "已保存")
                return HttpResponseRedirect(report_url(report))
        return self.render_to_response(self.get_context_data(object=report, form=form), status=400)


class PeriodicReportFileView(PeriodicReportView):
    """A file as it was handed in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        report: PeriodicReport = self.get_object()
        if not reads_report(self.scope, report):
            raise Http404
        return served(request, report_files(report), str(self.kwargs["file_id"]))
