"""The steps of an application, posted from its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from catalog.forms.applications import OpinionForm, RulingForm
from catalog.models import ProductApplication
from catalog.operations.applications.moving import application_url
from catalog.operations.applications.objections import rule_objection
from catalog.operations.applications.review import (
    accept_application,
    approve_application,
    forward_application,
    publish_application,
    refuse_application,
    return_application,
)
from catalog.operations.applications.submit import submit_application, withdraw_application
from catalog.queries.applications import visible_objections
from catalog.views.applications.detail import ApplicationDetailView
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page

DONE = {
    "submit": "已提交，请在待办和通知中留意办理进度",
    "withdraw": "已撤回",
    "accept": "已受理",
    "forward": "已转报上级",
    "publish": "已提交公示",
    "approve": "已通过",
    "return": "已退回企业补正",
    "refuse": "已作出不予通过的决定",
}


class ApplicationActView(ApplicationDetailView):
    """One step: its form, one operation, back to the page. What is wrong stays beside the form."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verb = self.kwargs["verb"]
        if verb not in DONE:
            raise Http404
        row: ProductApplication = self.get_object()
        form = OpinionForm(request.POST)
        if not form.is_valid():
            return self._again(row, form)
        try:
            self._perform(verb, row, form.cleaned_data)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(row, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, DONE[verb])
        return HttpResponseRedirect(application_url(row))

    def _perform(self, verb: str, row: ProductApplication, values: dict[str, Any]) -> None:
        who: dict[str, Any] = {
            "application": row, "by": self.user, "scope": self.scope, "at": timezone.now(),
            "seen_version": values["version"],
        }  # fmt: skip
        opinion = values["opinion"]
        steps: dict[str, Callable[[], object]] = {
            "submit": lambda: submit_application(**who),
            "withdraw": lambda: withdraw_application(**who),
            "accept": lambda: accept_application(**who),
            "forward": lambda: forward_application(opinion=opinion, **who),
            "publish": lambda: publish_application(
                opinion=opinion, effective_on=self._day(values), **who
            ),
            "approve": lambda: approve_application(
                opinion=opinion, effective_on=values["effective_on"], **who
            ),
            "return": lambda: return_application(opinion=opinion, findings=self._findings(), **who),
            "refuse": lambda: refuse_application(opinion=opinion, **who),
        }
        steps[verb]()

    def _day(self, values: dict[str, Any]) -> Any:
        if values["effective_on"] is None:
            raise MissingInput("effective_on", "请填写生效日期，须在公示期满之后")
        return values["effective_on"]

    def _findings(self) -> dict[str, str]:
        """Words by item, from fields `finding-<item>`."""
        return {
            name.removeprefix("finding-"): value
            for name, value in self.request.POST.items()
            if name.startswith("finding-") and isinstance(value, str)
        }

    def _again(self, row: ProductApplication, form: OpinionForm) -> HttpResponse:
        self.object = row
        for message in form.errors.get("version", []):
            form.add_error(None, str(message))
        typed = {name: words for name, words in self._findings().items() if words}
        context = self.get_context_data(object=row, form=form, findings=typed)
        return self.render_to_response(context, status=400)


class ObjectionRuleView(ApplicationDetailView):
    """The office rules on an objection."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: ProductApplication = self.get_object()
        objection = (
            visible_objections(self.scope)
            .filter(application=row, objection_no=self.kwargs["objection_no"])
            .select_related("application", "organisation")
            .first()
        )
        if objection is None:
            raise Http404
        form = RulingForm(request.POST)
        if not form.is_valid():
            self.object = row
            reason = str(next(iter(form.errors.values()))[0])
            context = self.get_context_data(object=row, ruling_error=reason)
            return self.render_to_response(context, status=400)
        try:
            rule_objection(
                objection=objection, upheld=form.cleaned_data["upheld"] == "1",
                ruling=form.cleaned_data["ruling"], by=self.user, scope=self.scope,
                at=timezone.now(), seen_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已裁定，并通知双方")
        return HttpResponseRedirect(application_url(row))
