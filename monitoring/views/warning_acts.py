"""The steps of a warning, posted from its page, and the files that belong to it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from core.transitions import Refusal
from core.views.errors import refusal_page
from monitoring.forms import ClosingNoteForm, ExplanationForm, SeenVersion
from monitoring.models import Warning
from monitoring.operations.answer_warning import (
    acknowledge_warning,
    close_warning,
    explain_warning,
    return_warning,
    warning_url,
)
from monitoring.queries.visible import visible_warnings
from monitoring.queries.warning_page import warning_files
from monitoring.views.warnings import WarningDetailView
from organisations.queries.scope import Scope
from organisations.views.files import served


class WarningActView(WarningDetailView):
    """One step: a form, one operation, back to the warning. What is wrong stays beside the form."""

    http_method_names = ["post"]
    form_class: ClassVar[type[SeenVersion]] = SeenVersion
    done: ClassVar[str] = ""

    def visible(self, scope: Scope) -> QuerySet[Warning]:
        return visible_warnings(scope)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        warning: Warning = self.get_object()
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._again(warning, form)
        try:
            self.act(warning, form.cleaned_data)
        except Refusal as refusal:
            if refusal.status == 400:
                form.add_error(None, refusal.reason)
                return self._again(warning, form)
            return refusal_page(request, refusal, form)
        messages.success(request, self.done)
        return HttpResponseRedirect(warning_url(warning))

    def act(self, warning: Warning, values: dict[str, Any]) -> None:
        """Carry the step out with the form's values."""
        raise NotImplementedError

    def _again(self, warning: Warning, form: SeenVersion) -> HttpResponse:
        self.object = warning
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        context = self.get_context_data(object=warning, failed=form, failed_verb=self.verb)
        return self.render_to_response(context, status=400)

    verb: ClassVar[str] = ""


class AcknowledgeView(WarningActView):
    verb = "acknowledge"
    done = "已签收，请在答复期限前提交说明"

    def act(self, warning: Warning, values: dict[str, Any]) -> None:
        acknowledge_warning(
            warning=warning, by=self.user, scope=self.scope, at=timezone.now(),
            seen_version=values["version"],
        )  # fmt: skip


class ExplainView(WarningActView):
    verb = "explain"
    form_class = ExplanationForm
    done = "说明已提交，等待医保局核实"

    def act(self, warning: Warning, values: dict[str, Any]) -> None:
        explain_warning(
            warning=warning, explanation=values["explanation"],
            uploads=self.request.FILES.getlist("files"), by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class CloseView(WarningActView):
    verb = "close"
    form_class = ClosingNoteForm
    done = "已核实办结"

    def act(self, warning: Warning, values: dict[str, Any]) -> None:
        close_warning(
            warning=warning, closing_note=values["closing_note"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class ReturnView(WarningActView):
    verb = "return"
    form_class = ClosingNoteForm
    done = "已退回补充"

    def act(self, warning: Warning, values: dict[str, Any]) -> None:
        return_warning(
            warning=warning, closing_note=values["closing_note"], by=self.user, scope=self.scope,
            at=timezone.now(), seen_version=values["version"],
        )  # fmt: skip


class WarningFileView(WarningDetailView):
    """A piece of evidence, for those who see the warning; only what passed inspection is served."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return served(request, warning_files(self.get_object()), self.kwargs["file_id"])
