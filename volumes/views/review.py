"""The bureaus' pages of review: what waits, one report, steps, shortfalls, analysis."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.steps import steps_of
from core.lists.workbook import workbook_response
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from volumes.filters import ReviewFilter, ShortfallFilter
from volumes.forms import JudgeForm, ReviewStepForm
from volumes.models import ReportTask, VolumeReport
from volumes.operations.review.levels import (
    pass_report,
    reopen_report,
    return_report,
    take_report,
)
from volumes.operations.review.lines import judge_lines
from volumes.queries.review import reports_for_review, review_lines, shortfalls
from volumes.queries.rows import task_options
from volumes.queries.standings import report_standings
from volumes.queries.totals import group_totals
from volumes.queries.visible import sees_reports, visible_report_tasks
from volumes.rules.deviation import limit_words, share_words
from volumes.states.report import LEVELS, OFFICE, REPORT_MACHINE, REVIEW_STATES
from volumes.tables import REVIEW_COLUMNS, SHORTFALL_COLUMNS

NAMED = ("institution", "task", "county", "city", "office")
STEPS = {
    f"volume_report.{verb}": label
    for verb, label in (
        *((each.verb, each.label) for each in REPORT_MACHINE.transitions),
        ("judge", "审核品种"), ("reopen_until", "重新开放填报"),
    )
}  # fmt: skip
CRUMB = "报量审核"
PASSES = ("confirm", "forward_city", "forward_province")
TAKES = ("take_county", "take_city", "take_province")


class ReviewListView(FilteredListView):
    page_title = CRUMB
    page_note = "逐级审核：偏差超过限度的品种逐个判定，其余随报量通过；退回后重新报送、重新逐级审核"
    filterset_class = ReviewFilter
    columns = REVIEW_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "report-reviews", "report-reviews-export", CRUMB
    bar = ("stage", "flagged", "task")
    search_hint = "填报单位、编号、拼音首字母"
    empty_text = "医疗机构提交后在这里审核。"

    def exists_for(self, scope: Scope) -> bool:
        return sees_reports(scope) and scope.kind != "institution"

    def everything(self, scope: Scope) -> QuerySet[VolumeReport]:
        return reports_for_review(scope).select_related(*NAMED)

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"task": task_options(self.scope)}


class ReviewExportView(ExportMixin, ReviewListView):
    pass


class ShortfallListView(FilteredListView):
    page_title = "少报、不报"
    page_note = (
        "须报而未提交的单位（截止后为不报），和报量低于上年实际超过限度、有使用而未报的品种；"
        "可通报同级卫生健康部门"
    )
    filterset_class = ShortfallFilter
    columns = SHORTFALL_COLUMNS
    default_sort = "-number"
    keyset = ("id",)
    route, export_route, sheet_name = "report-shortfalls", "report-shortfalls-export", "少报不报"
    bar = ("kind", "task")
    search_hint = "填报单位、拼音首字母"
    empty_text = "没有少报、不报的单位。"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_region_authority

    def everything(self, scope: Scope) -> QuerySet[VolumeReport]:
        return shortfalls(scope).select_related(*NAMED)

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"task": task_options(self.scope)}


class ShortfallExportView(ExportMixin, ShortfallListView):
    pass


class ReviewView(ScopedDetailView):
    """One report before its reviewers; the unit reads its own page."""

    template_name = "volumes/report_review.html"
    key_field = key = "report_no"

    def exists_for(self, scope: Scope) -> bool:
        return sees_reports(scope) and scope.kind != "institution"

    def visible(self, scope: Scope) -> QuerySet[VolumeReport]:
        return reports_for_review(scope).select_related(*NAMED, "task__batch")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report: VolumeReport = kwargs["object"]
        standings = report_standings(self.scope, report)
        seen = {"version": report.row_version}
        judges = OFFICE in standings and report.state in REVIEW_STATES
        step: ReviewStepForm = kwargs.pop("step_form", None) or ReviewStepForm(initial=seen)
        return super().get_context_data(
            **{
                "level": LEVELS[report.state],
                "lines": [
                    {"row": each, "deviation": share_words(each.deviation),
                     "peers": share_words(each.peer_share - 1 if each.peer_share else None)}
                    for each in review_lines(report)
                ],
                "limits": limit_words(
                    drop_max=report.task.drop_max, rise_max=report.task.rise_max
                ),
                "letter": report.letters.filter(state="signed").first(),
                "offered": self._offers(report, standings),
                "judges": judges,
                "acts": OFFICE in standings and report.state != "returned",
                "judge_form": JudgeForm(initial=seen),
                "step_form": step.asking(reopens=report.state == "confirmed"),
                "timeline": steps_of(REPORT_MACHINE.name, report.pk, STEPS),
                "actions": [
                    {"label": "报量表", "url": reverse("volume-report", args=[report.report_no])},
                    {"label": "品种汇总",
                     "url": reverse("report-analysis", args=[report.task.task_no])}
                ],
                "breadcrumbs": [{"label": CRUMB, "url": reverse("report-reviews")},
                                {"label": report.report_no}],
                **kwargs,
                "page_title": f"{CRUMB}：{report.institution.name}",
            }
        )  # fmt: skip

    def _offers(self, report: VolumeReport, standings: frozenset[str]) -> list[dict[str, Any]]:
        """Of the machine's steps, those of the present level."""
        offers = [
            each
            for each in REPORT_MACHINE.offers(report, standings)
            if each.verdict.ok or each.transition.verb in ("return", "reopen")
        ]
        pages = {"return": "steps", "reopen": "steps"}
        return offered_actions(
            offers, url=lambda verb: reverse("report-review-act", args=[report.report_no, _act(verb)]),
            version=report.row_version, on_page=pages,
        )  # fmt: skip


def _act(verb: str) -> str:
    return "pass" if verb in PASSES else "take" if verb in TAKES else verb


class _Step(ReviewView):
    """POST only: one operation, back to the report; a refusal shows the page again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report: VolumeReport = self.get_object()
        try:
            words = self.act(report)
        except MissingInput as missing:
            context = self.get_context_data(
                object=report, step_error=missing.reason, **self.typed()
            )
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, words)
        return HttpResponseRedirect(reverse("report-review", args=[report.report_no]))

    def act(self, report: VolumeReport) -> str:
        raise NotImplementedError

    def typed(self) -> Mapping[str, Any]:
        """What was typed, for the page."""
        return {}


class JudgeView(_Step):
    """The ticked lines pass or go back."""

    form: JudgeForm

    def act(self, report: VolumeReport) -> str:
        self.form = JudgeForm(self.request.POST)
        if not self.form.is_valid():
            first = next(iter(self.form.errors.values()))[0]
            raise MissingInput("verdict", f"没有办理：{first}")
        values = self.form.cleaned_data
        number = judge_lines(
            report=report, groups=self.request.POST.getlist("groups"), verdict=values["verdict"],
            reasons=values["reasons"], note=values["note"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip
        return f"已审核 {number} 个品种"

    def typed(self) -> Mapping[str, Any]:
        return {"judge_form": self.form, "ticked": self.request.POST.getlist("groups")}


class ReviewActView(_Step):
    """take, pass, return or reopen."""

    form: ReviewStepForm
    verbs: ClassVar[tuple[str, ...]] = ("take", "pass", "return", "reopen")

    def act(self, report: VolumeReport) -> str:
        verb = self.kwargs["verb"]
        if verb not in self.verbs:
            raise Http404
        self.form = ReviewStepForm(self.request.POST)
        if not self.form.is_valid():
            first = next(iter(self.form.errors.values()))[0]
            raise MissingInput("opinion", f"没有办理：{first}")
        values = self.form.cleaned_data
        common: dict[str, Any] = {
            "report": report, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values["version"],
        }  # fmt: skip
        match verb:
            case "take":
                take_report(**common)
                return "已开始审核，填报单位不能再撤回"
            case "pass":
                row = pass_report(**common)
                return f"已通过，现为“{row.get_state_display()}”"
            case "return":
                return_report(**common, opinion=values["opinion"], until=values["until"])
                return "已退回，填报单位已收到待办"
        if values["until"] is None:
            raise MissingInput("until", "请填写重新开放到何时")
        reopen_report(**common, opinion=values["opinion"], until=values["until"])
        return "已重新开放，填报单位已收到待办"

    def typed(self) -> Mapping[str, Any]:
        return {"step_form": self.form}


class AnalysisView(ScopedDetailView):
    """Totals by group against last year, of what was handed in and one sees."""

    template_name = "volumes/report_analysis.html"
    key_field = key = "task_no"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_region_authority

    def visible(self, scope: Scope) -> QuerySet[ReportTask]:
        return visible_report_tasks(scope).select_related("batch")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        task: ReportTask = kwargs["object"]
        totals = group_totals(self.scope, task.pk)
        ordered = sorted(totals, key=lambda each: abs(each.change or Decimal(0)), reverse=True)
        return super().get_context_data(
            totals=[{"row": each, "change": share_words(each.change)} for each in totals],
            outliers=[{"row": each, "change": share_words(each.change)} for each in ordered[:8]],
            export_url=reverse("report-analysis-export", args=[task.task_no]),
            breadcrumbs=[{"label": CRUMB, "url": reverse("report-reviews")},
                         {"label": task.title}, {"label": "品种汇总"}],
            **{**kwargs, "page_title": f"品种汇总：{task.title}"},
        )  # fmt: skip


class AnalysisExportView(AnalysisView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        task: ReportTask = self.get_object()
        columns = [
            ("品种代码", 18), ("品种", 30), ("单位", 8), ("报量单位数", 12), ("报量合计", 16),
            ("上年实际合计", 16), ("增减", 10), ("减少超过限度", 12), ("增加超过限度", 12),
        ]  # fmt: skip
        rows = (
            (t.code, t.name, t.base_unit, t.units, t.reported, t.prior, share_words(t.change),
             t.dropped, t.risen)
            for t in group_totals(self.scope, task.pk)
        )  # fmt: skip
        return workbook_response(name=f"品种汇总_{task.task_no}", columns=columns, rows=rows)
