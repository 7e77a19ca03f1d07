"""One step of a change that one person proposes and another confirms."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from organisations.views.scoped import ScopedDetailView
from policy.forms import StepForm


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
            return refusal_page(request, MissingInput("version", reason))
        try:
            self.act(change, form.cleaned_data)
        except MissingInput as missing:
            context = self.get_context_data(object=change, step_error=missing.reason)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, self.done)
        return HttpResponseRedirect(reverse(self.page_route, args=[change.change_no]))

    def act(self, change: Any, values: dict[str, Any]) -> None:
        """Carry the step out."""
        raise NotImplementedError
