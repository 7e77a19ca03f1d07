"""The form that asks for a draft of one kind and period: a job, for which the asker does not wait."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.jobs.models import Job
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView


class DraftRequestView(ScopedTemplateView):
    """Who drafts no kind does not meet the page; `crumb` is the list's label and route."""

    route: ClassVar[str]
    crumb: ClassVar[tuple[str, str]]

    def kinds(self, scope: Scope) -> tuple[str, ...]:
        """The kinds that the reader's bureau drafts."""
        raise NotImplementedError

    def form(self, *given: Any) -> forms.Form:
        """The form of `kind` and `month`."""
        raise NotImplementedError

    def ask(self, **asked: Any) -> Job:
        """Queue the draft. Raises Refusal, MissingInput (kind, month)."""
        raise NotImplementedError

    def exists_for(self, scope: Scope) -> bool:
        return bool(self.kinds(scope))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        label, route = self.crumb
        return super().get_context_data(
            submit="起草", action=reverse(self.route), draft="",
            breadcrumbs=[{"label": label, "url": reverse(route)}, {"label": "起草"}], **kwargs,
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                job = self.ask(
                    kind=form.cleaned_data["kind"], month=form.cleaned_data["month"],
                    by=self.user, scope=self.scope, at=timezone.now(),
                )  # fmt: skip
                return HttpResponseRedirect(reverse("job-detail", args=[job.pk]))
            except MissingInput as missing:
                form.add_error(missing.field, missing.reason)
            except Refusal as refusal:
                return refusal_page(request, refusal, form)
        return self.render_to_response(self.get_context_data(form=form), status=400)
