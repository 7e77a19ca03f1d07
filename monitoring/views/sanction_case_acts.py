"""The steps of a 惩戒案件, posted from its page; what is wrong stays beside the form."""

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
from monitoring.models import SanctionCase
from monitoring.operations.sanctions.telling import sanction_url
from monitoring.queries.sanction_cases import sanction_standings
from monitoring.states.sanction_case import SANCTION_MACHINE
from monitoring.views.sanction_case_forms import STEP_OF, carry_out, form_of
from monitoring.views.sanction_cases import SanctionCaseView

DONE = {
    "notify": "已告知，告知书已生成并送达", "drop": "已撤销立案", "state": "陈述申辩已提交",
    "decide": "已作出决定，决定书已生成并送达", "dismiss": "不予惩戒，已告知当事企业",
    "ask_repair": "修复申请已提交", "judge": "已核实修复申请", "revoke": "决定已撤销",
}  # fmt: skip


class SanctionCaseActView(SanctionCaseView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: SanctionCase = self.get_object()
        step = self.kwargs["verb"]
        form = form_of(step, row, request.POST)
        try:
            if not form.is_valid():
                self._ask(row, step)
                return self._again(row, step, form)
            carry_out(
                step, form.cleaned_data, request.FILES.getlist("files"), case=row, by=self.user,
                scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(row, step, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[step])
        return HttpResponseRedirect(sanction_url(row))

    def _ask(self, row: SanctionCase, step: str) -> None:
        """Who may not take the step now hears so before what was typed wrongly."""
        standings = sanction_standings(self.scope, row)
        transitions = [
            SANCTION_MACHINE.named(verb) for verb, form in STEP_OF.items() if form == step
        ]
        said = [(each, SANCTION_MACHINE.verdict(each, row, standings)) for each in transitions]
        if any(verdict for _, verdict in said):
            return
        transition, verdict = said[0]
        raise (TransitionRefused if transition.by & standings else NotYours).of(verdict)

    def _again(self, row: SanctionCase, step: str, form: Any) -> HttpResponse:
        self.object = row
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        context = self.get_context_data(object=row, failed=form, failed_step=step)
        return self.render_to_response(context, status=400)
