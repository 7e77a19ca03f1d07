"""A consortium member's own sheet: filled in, reported to the lead, given back by it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Refusal, StaleVersion
from core.views.conflict import Conflict, checked_version, conflict_page
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView
from volumes.forms import StepForm
from volumes.models import MemberSheet
from volumes.operations.reports.member_sheets import (
    OPEN_STATES,
    hand_in_sheet,
    recall_sheet,
    return_sheet,
    save_member_figures,
    sheet_url,
)
from volumes.queries.sheet import member_sheet_rows
from volumes.queries.standings import own_ids, sheet_standings
from volumes.queries.visible import visible_member_sheets
from volumes.rules.figures import FigureInput, FigureProblem, WrongFigures
from volumes.states.report import WRITING_STATES
from volumes.states.sheet import LEVELS, SHEET_MACHINE
from volumes.tables import sheet_columns
from volumes.views.reports import differing, inputs_of, limits_of, problem_items, with_typed
from volumes.views.tasks import OfReports

DONE = {"hand_in": "已报牵头机构", "recall": "已撤回，可以修改", "return": "已退回成员"}


class MemberSheetView(OfReports, ScopedDetailView):
    """GET shows the sheet; POST keeps it as a draft."""

    template_name = "volumes/member_sheet.html"

    def visible(self, scope: Scope) -> QuerySet[MemberSheet]:
        return visible_member_sheets(scope).select_related(
            "report__task__batch__policy", "report__institution", "institution"
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sheet: MemberSheet = self.get_object()
        inputs: list[FigureInput] = []
        try:
            inputs = inputs_of(request.POST)
            save_member_figures(
                sheet=sheet, inputs=inputs, by=self.user, scope=self.scope, at=timezone.now(),
                seen_version=checked_version(request),
            )  # fmt: skip
        except WrongFigures as wrong:
            return self.again(sheet, wrong.problems, inputs)
        except StaleVersion as stale:
            now: MemberSheet = self.get_object()
            mine, theirs = differing(member_sheet_rows(now), inputs)
            return conflict_page(
                request,
                Conflict(
                    reason=stale.reason, mine=mine, theirs=theirs, who=now.figures_by_name,
                    at=now.figures_at or now.state_at, back_url=sheet_url(now), title="成员填报",
                ),
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, "已保存")
        return HttpResponseRedirect(sheet_url(sheet))

    def again(
        self, sheet: MemberSheet, problems: list[FigureProblem], inputs: list[FigureInput]
    ) -> HttpResponse:
        self.object = sheet
        context = self.get_context_data(object=sheet, problems=problems, inputs=inputs)
        return self.render_to_response(context, status=400)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sheet: MemberSheet = kwargs["object"]
        rows = member_sheet_rows(sheet)
        problems: list[FigureProblem] = kwargs.pop("problems", [])
        with_typed(rows, kwargs.pop("inputs", ()), problems)
        writes = (
            sheet.institution_id in own_ids(self.scope)
            and self.scope.has_role("clerk")
            and sheet.state in OPEN_STATES
            and sheet.report.state in WRITING_STATES
        )
        offers = [
            offer
            for offer in SHEET_MACHINE.offers(sheet, sheet_standings(self.scope, sheet))
            if offer.transition.verb != "begin"
        ]
        report = sheet.report
        return super().get_context_data(
            sheet=rows,
            columns=sheet_columns(compiled=False),
            writes=writes,
            level=LEVELS[sheet.state],
            filled=sum(row.line is not None for row in rows),
            limits=limits_of(report),
            problems=problem_items(problems),
            offered=offered_actions(
                offers, url=lambda verb: reverse("member-sheet-act", args=[sheet.pk, verb]),
                version=sheet.row_version, dialogs={"return": "return-sheet"},
            ),
            timeline=steps_of(self.scope, "member_sheet", sheet.pk),
            breadcrumbs=[
                {"label": "报量", "url": reverse("volume-reports")},
                {"label": report.institution.name, "url": reverse("volume-report", args=[report.report_no])},
                {"label": f"成员填报：{sheet.institution.name}"},
            ],
            **{**kwargs, "page_title": f"{sheet.institution.name} 成员填报", "page_note": report.task.title},
        )  # fmt: skip


class MemberSheetActView(MemberSheetView):
    """One step of a sheet."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb = self.kwargs["verb"]
        if verb not in DONE:
            raise Http404
        sheet: MemberSheet = self.get_object()
        form = StepForm(request.POST)
        try:
            if not form.is_valid():
                raise MissingInput("version", "页面内容不完整，请刷新后再办理")
            who: dict[str, Any] = {
                "sheet": sheet, "by": self.user, "scope": self.scope, "at": timezone.now(),
                "seen_version": form.cleaned_data["version"],
            }  # fmt: skip
            if verb == "return":
                return_sheet(opinion=form.cleaned_data["opinion"], **who)
            else:
                {"hand_in": hand_in_sheet, "recall": recall_sheet}[verb](**who)
        except WrongFigures as wrong:
            return self.again(sheet, wrong.problems, [])
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(sheet_url(sheet))
