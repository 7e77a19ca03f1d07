"""The steps of a 督导检查, posted from its page; what is wrong stays beside the form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from core.transitions import (
    MissingInput,
    NotYours,
    Refusal,
    TransitionRefused,
)
from core.views.errors import refusal_page
from monitoring.models import SiteInspection
from monitoring.operations.inspections.feed_back import feed_back_inspection
from monitoring.operations.inspections.plan import change_plan
from monitoring.operations.inspections.rectify import answer_inspection, judge_inspection
from monitoring.operations.inspections.telling import inspection_url
from monitoring.operations.inspections.visit import record_visit
from monitoring.queries.site_inspections import inspection_standings
from monitoring.states.site_inspection import INSPECTION_MACHINE
from monitoring.views.site_inspection_forms import STEP_OF, form_of
from monitoring.views.site_inspections import SiteInspectionView

DONE = {
    "visit": "检查情况已登记，反馈之前被检查单位看不到", "reschedule": "已改期", "cancel": "已取消",
    "feed_back": "已反馈，意见书已生成并送达", "answer": "整改情况已提交", "judge": "已逐项认定",
}  # fmt: skip


class SiteInspectionActView(SiteInspectionView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: SiteInspection = self.get_object()
        step = self.kwargs["verb"]
        form = form_of(step, row, request.POST)
        try:
            if not form.is_valid():
                self._ask(row, step)
                return self._again(row, step, form)
            self._act(row, step, form)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(row, step, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[step])
        return HttpResponseRedirect(inspection_url(row))

    def _ask(self, row: SiteInspection, step: str) -> None:
        """Who may not take the step now hears so before what was typed wrongly."""
        verbs = [verb for verb, form in STEP_OF.items() if form == step]
        standings = inspection_standings(self.scope, row)
        said = [
            (INSPECTION_MACHINE.named(verb),
             INSPECTION_MACHINE.verdict(INSPECTION_MACHINE.named(verb), row, standings))
            for verb in verbs
        ]  # fmt: skip
        if any(verdict for _, verdict in said):
            return
        transition, verdict = said[0]
        raise (TransitionRefused if transition.by & standings else NotYours).of(verdict)

    def _act(self, row: SiteInspection, step: str, form: Any) -> None:
        data = form.cleaned_data
        common: dict[str, Any] = {
            "inspection": row, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": data["version"],
        }  # fmt: skip
        files = self.request.FILES.getlist("files")
        if step == "visit":
            record_visit(
                visited_on=data["visited_on"], present=data["present"],
                visit_note=data["visit_note"], found=form.found(), uploads=files, **common,
            )  # fmt: skip
        elif step == "feed_back":
            feed_back_inspection(conclusion=data["conclusion"], due_on=data["due_on"], **common)
        elif step == "answer":
            answer_inspection(answers=form.answers(), uploads=files, **common)
        elif step == "judge":
            judge_inspection(verdicts=form.verdicts(), note=data["note"], **common)
        else:
            change_plan(verb=step, note=data["note"], planned_on=data.get("planned_on"), **common)

    def _again(self, row: SiteInspection, step: str, form: Any) -> HttpResponse:
        self.object = row
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        context = self.get_context_data(object=row, failed=form, failed_step=step)
        return self.render_to_response(context, status=400)
