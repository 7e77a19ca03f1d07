"""Reports: all that one sees, and one with its sheet, which its clerk fills in here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from core.transitions import MissingInput, Refusal, StaleVersion
from core.views.conflict import Conflict, checked_version, conflict_page
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from volumes.filters import VolumeReportFilter
from volumes.forms import ExtensionForm, LetterForm
from volumes.models import VolumeReport
from volumes.operations.reports.save import save_figures
from volumes.queries.purchases import purchase_page
from volumes.queries.report_page import report_page
from volumes.queries.rows import ReportRow, report_rows, reports_with_parties, task_options
from volumes.queries.sheet import SheetRow, report_sheet
from volumes.rules.deviation import limit_words
from volumes.rules.figures import FigureInput, FigureProblem, WrongFigures
from volumes.states.reasons import DeviationReason
from volumes.tables import REPORT_COLUMNS, sheet_columns
from volumes.views.tasks import OfReports

COLUMNS = ("group", "quantity", "reason_code", "explanation")
PROBLEMS_SHOWN = 100


class ReportListView(OfReports, FilteredListView):
    page_title = "报量"
    page_note = "每家单位的报量现在到哪一步、由谁办、到什么时候为止"
    filterset_class = VolumeReportFilter
    columns = REPORT_COLUMNS
    default_sort = "institution"
    route, export_route, sheet_name = "volume-reports", "volume-reports-export", "报量"
    bar = ("task", "stage", "state")
    search_hint = "单位名称、编码、拼音首字母、报量编号"
    empty_title = "没有报量"
    empty_text = "报量任务发布后，须报的单位在此列出。"

    def everything(self, scope: Scope) -> QuerySet[VolumeReport]:
        return reports_with_parties(scope)

    def rows(self, objects: Iterable[Any]) -> list[ReportRow]:
        return report_rows(objects)

    def row_late(self, row: ReportRow) -> bool:
        return row.late

    def filter_options(self) -> Mapping[str, list[dict[str, str]]]:
        return {"task": task_options(self.scope)}


class ReportExportView(ExportMixin, ReportListView):
    pass


class ReportDetailView(OfReports, ScopedDetailView):
    """GET shows the report; POST keeps the sheet as a draft."""

    template_name = "volumes/report.html"
    key_field: ClassVar[str] = "report_no"
    key: ClassVar[str] = "report_no"

    def visible(self, scope: Scope) -> QuerySet[VolumeReport]:
        return reports_with_parties(scope).select_related("task__batch__policy")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        report: VolumeReport = self.get_object()
        try:
            inputs = inputs_of(request.POST)
            save_figures(
                report=report, inputs=inputs, by=self.user, scope=self.scope, at=timezone.now(),
                seen_version=checked_version(request),
            )  # fmt: skip
        except WrongFigures as wrong:
            return self.again(report, problems=wrong.problems, inputs=inputs)
        except StaleVersion as stale:
            return self._conflict(report, inputs, stale)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, "已保存")
        return HttpResponseRedirect(reverse("volume-report", args=[report.report_no]))

    def again(
        self,
        report: VolumeReport,
        *,
        problems: list[FigureProblem],
        inputs: Iterable[FigureInput] = (),
        **context: Any,
    ) -> HttpResponse:
        """The page with what is wrong, and what was typed where it was typed."""
        self.object = report
        shown = self.get_context_data(object=report, problems=problems, inputs=inputs, **context)
        return self.render_to_response(shown, status=400)

    def _conflict(
        self, report: VolumeReport, inputs: Iterable[FigureInput], stale: StaleVersion
    ) -> HttpResponse:
        now: VolumeReport = self.get_object()
        mine, theirs = differing(report_sheet(now), inputs)
        return conflict_page(
            self.request,
            Conflict(
                reason=stale.reason, mine=mine, theirs=theirs,
                who=now.figures_by_name or now.state_by_name, at=now.figures_at or now.state_at,
                back_url=reverse("volume-report", args=[now.report_no]), title=f"报量 {now.report_no}",
            ),
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report: VolumeReport = kwargs["object"]
        now = timezone.now()
        page = report_page(self.scope, report, now)
        rows = report_sheet(report)
        problems: list[FigureProblem] = kwargs.pop("problems", [])
        with_typed(rows, kwargs.pop("inputs", ()), problems)
        number = report.report_no
        return super().get_context_data(
            page=page,
            sheet=rows,
            columns=sheet_columns(compiled=report.consortium_id is not None),
            filled=sum(row.line is not None for row in rows),
            beyond=sum(bool(row.beyond) for row in rows),
            limits=limits_of(report),
            problems=problem_items(problems),
            extension=kwargs.pop("extension", None)
            or ExtensionForm(initial={"version": report.row_version}),
            letter_form=kwargs.pop("letter_form", None) or LetterForm(),
            offered=offered_actions(
                page.offers, url=lambda verb: reverse("volume-report-act", args=[number, verb]),
                version=report.row_version, dialogs={"hand_back": "hand-back"},
            ),
            breadcrumbs=[
                {"label": "报量", "url": reverse("volume-reports")},
                {"label": report.task.title, "url": reverse("report-task", args=[report.task.task_no])},
                {"label": report.institution.name},
            ],
            **{
                **kwargs,
                "page_title": f"{report.institution.name} 报量",
                "page_note": f"{report.task.title} · {report.task.batch.name}第 {report.task.year_no} 采购年度",
            },
        )  # fmt: skip


class ReportPurchasesView(ReportDetailView):
    """The purchases that last year's actual of one group is made of."""

    template_name = "volumes/purchases.html"
    http_method_names = ["get"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report: VolumeReport = kwargs["object"]
        found = purchase_page(report, self.kwargs["group_code"])
        if found is None:
            raise Http404
        crumbs = [
            {"label": "报量", "url": reverse("volume-reports")},
            {"label": report.institution.name, "url": reverse("volume-report", args=[report.report_no])},
            {"label": found.group.name},
        ]  # fmt: skip
        title = {
            "page_title": f"上年实际：{found.group.name}",
            "page_note": report.institution.name,
        }
        return super(ReportDetailView, self).get_context_data(
            found=found, breadcrumbs=crumbs, **kwargs, **title
        )


def inputs_of(given: MultiValueDict[str, str]) -> list[FigureInput]:
    """One input per row of the form: four fields repeated in the order of the rows.

    Splits are fields `split-<品种>-<厂家>`, notes of the lead `compile_note-<品种>`. Raises
    MissingInput for a form whose columns are of unequal length.
    """
    columns = [given.getlist(name) for name in COLUMNS]
    if len({len(column) for column in columns}) != 1:
        raise MissingInput("quantity", "页面内容不完整，没有保存，请刷新后重新填写")
    return [
        FigureInput(
            group_code=code, quantity=quantity, reason_code=reason, explanation=explanation,
            compile_note=given.get(f"compile_note-{code}", ""),
            splits={
                name.rsplit("-", 1)[-1]: given.get(name, "")
                for name in given
                if name.startswith(f"split-{code}-")
            },
            place=place,
        )
        for place, (code, quantity, reason, explanation) in enumerate(
            zip(*columns, strict=True), start=1
        )
    ]  # fmt: skip


def with_typed(
    rows: list[SheetRow], inputs: Iterable[FigureInput], problems: Iterable[FigureProblem]
) -> None:
    """Put refused texts and what is wrong with them beside their rows."""
    by_code = {row.group.code: row for row in rows}
    for given in inputs:
        row = by_code.get(given.group_code)
        if row is not None:
            row.typed = {
                "quantity": given.quantity, "reason_code": given.reason_code,
                "explanation": given.explanation, "compile_note": given.compile_note,
            }  # fmt: skip
    for problem in problems:
        row = by_code.get(problem.group_code)
        if row is not None:
            row.problems.append(f"{problem.label}：{problem.message}")


def problem_items(problems: list[FigureProblem]) -> dict[str, Any]:
    """As the errors component lists them."""
    return {
        "total": len(problems),
        "items": [
            {
                "line": each.place or "", "column": each.label, "value": each.value,
                "message": each.message, "remedy": each.remedy, "sheet": each.sheet,
            }
            for each in problems[:PROBLEMS_SHOWN]
        ],
    }  # fmt: skip


def differing(
    rows: list[SheetRow], inputs: Iterable[FigureInput]
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Groups whose typed figures are other than what stands now: (mine, theirs)."""
    by_code = {row.group.code: row for row in rows}
    mine, theirs = [], []
    for given in inputs:
        row = by_code.get(given.group_code)
        if row is None:
            continue
        own = _told(given.quantity.replace(",", ""), given.reason_code, given.explanation)
        stands = _told(row.quantity_text.replace(",", ""), row.reason_code, row.explanation)
        if own != stands:
            mine.append({"label": row.group.name, "value": own})
            theirs.append({"label": row.group.name, "value": stands})
    return mine, theirs


def _told(quantity: str, reason: str, explanation: str) -> str:
    label = dict(DeviationReason.choices).get(reason, reason)
    return " · ".join(
        str(part).strip() for part in (quantity or "未填", label, explanation) if part
    )


def limits_of(report: VolumeReport) -> dict[str, Any]:
    """The limits in words and as the page's script reads them."""
    task = report.task
    return {
        "words": limit_words(drop_max=task.drop_max, rise_max=task.rise_max), "clause": task.deviation_clause,
        "drop": "" if task.drop_max is None else f"{task.drop_max:f}",
        "rise": "" if task.rise_max is None else f"{task.rise_max:f}",
    }  # fmt: skip
