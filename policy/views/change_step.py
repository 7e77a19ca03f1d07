"""The page of a change that one person proposes and another confirms, and its steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Offer, Refusal, StateMachine
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of, with_holder
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView
from policy.forms import StepForm


def change_frame(
    scope: Scope,
    machine: StateMachine[Any],
    change: Any,
    offers: Iterable[Offer],
    *,
    route: str,
    starts_on: date,
    again: str,
) -> dict[str, Any]:
    """State strip, timeline and steps of the page; `again` leads to a new proposal.

    A confirmed change waits for `starts_on` and may be revoked until then.
    """
    coming = change.state == "confirmed" and starts_on > timezone.localdate()
    offered = [each for each in offers if each.transition.verb != "revoke" or coming]
    verdicts = {each.transition.verb: each.verdict for each in offered}
    holder = "省级医保局另一位审核或负责人" if change.state == "proposed" else ""
    holder = "等待生效日期" if coming else holder
    asked = next((verb for verb in ("return", "revoke") if verdicts.get(verb)), "")
    return {
        "offers": verdicts,
        "holder": holder,
        "coming": coming,
        "starts_on": starts_on,
        "ended": change.state != "proposed" and not coming,
        "again_url": again,
        "asked": asked,
        "asked_url": reverse(f"{route}-{asked}", args=[change.change_no]) if asked else "",
        "draft": f"{route}-{change.change_no}",
        "offered": offered_actions(
            offered, url=lambda verb: reverse(f"{route}-{verb}", args=[change.change_no]),
            version=change.row_version, on_page={"return": "decide", "revoke": "decide"},
        ),
        "timeline": with_holder(
            steps_of(scope, machine.name, change.pk, change.change_no), who=holder
        ),
    }  # fmt: skip


class ChangeStepView(ScopedDetailView):
    """A form, one operation, back to the change. Stands before the view of the change's own page."""

    http_method_names = ["post"]
    done: ClassVar[str] = ""
    page_route: ClassVar[str] = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        change: Any = self.get_object()
        form = StepForm(request.POST)
        if not form.is_valid():
            reason = "页面的版本标记或原因不对，请刷新后再办理"
            return refusal_page(request, MissingInput("version", reason), form)
        try:
            self.act(change, form.cleaned_data)
        except MissingInput as missing:
            context = self.get_context_data(object=change, step_error=missing.reason)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, self.done)
        return HttpResponseRedirect(reverse(self.page_route, args=[change.change_no]))

    def act(self, change: Any, values: dict[str, Any]) -> None:
        """Carry the step out."""
        raise NotImplementedError
