"""What the pages of quality share: tabs, a page with one form, and steps on an object's page."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from catalog.forms.quality import WordsForm
from catalog.queries.coverage import sees_coverage
from catalog.queries.known import Known
from core.transitions import MissingInput, NotYours, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedDetailView, ScopedTemplateView

TABS = (
    ("quality-reports", "质量与不良反应报告"),
    ("quality-holds", "暂停使用"),
    ("inspections", "监督检查"),
    ("samplings", "抽检结果"),
)


def quality_tabs(route: str, scope: Scope) -> list[dict[str, Any]]:
    """The lists of quality; coverage is the province's."""
    shown = [*TABS, ("inspection-coverage", "检查覆盖")] if sees_coverage(scope) else TABS
    return [{"label": word, "url": reverse(name), "active": name == route} for name, word in shown]


class OneFormView(ScopedTemplateView):
    """A form, one operation, on to what was made. Those without the right are told why not."""

    template_name = "catalog/quality_new.html"
    form_class: ClassVar[type[Any]]
    """A form that takes `known`."""
    list_route: ClassVar[str]
    list_label: ClassVar[str]
    submit: ClassVar[str] = "登记"
    done: ClassVar[str] = "已登记"

    def allowed(self, scope: Scope) -> Verdict:
        raise NotImplementedError

    def make(self, values: dict[str, Any]) -> str:
        """Carry it out; gives the address of what was made."""
        raise NotImplementedError

    def done_words(self) -> str:
        """What was done, said once it is made."""
        return self.done

    def known(self) -> Known:
        """Where the form looks up what codes stand for."""
        return Known(self.scope)

    def values(self, form: Any) -> dict[str, Any]:
        """What the operation takes."""
        found: dict[str, Any] = form.cleaned_data
        return found

    def initial(self) -> dict[str, Any]:
        """What the address fills in already."""
        return {name: self.request.GET.get(name, "") for name in ("product_code", "lot_no")}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = self.allowed(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = self.form_class(initial=self.initial(), known=self.known())
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = self.allowed(self.scope)
        if not allowed:
            return refusal_page(request, NotYours.of(allowed))
        form = self.form_class(request.POST, known=self.known())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        try:
            address = self.make(self.values(form))
        except Refusal as refusal:
            field = getattr(refusal, "field", None)
            form.add_error(field if field in form.fields else None, refusal.reason)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, self.done_words())
        return HttpResponseRedirect(address)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            submit=self.submit,
            list_url=reverse(self.list_route),
            draft=self._draft_key(),
            breadcrumbs=[
                {"label": self.list_label, "url": reverse(self.list_route)},
                {"label": self.page_title},
            ],
            **kwargs,
        )

    def _draft_key(self) -> str:
        """One draft for each thing that the form is opened on: another's does not cover its fields."""
        given = "-".join(" ".join(str(value).split()) for value in self.initial().values() if value)
        return f"{self.list_route}-new-{given}"[:120].rstrip("-")


class StepView(ScopedDetailView):
    """POST only: one step with its words, back to the object; a refusal shows the page again."""

    http_method_names = ["post"]
    form_class: ClassVar[type[forms.Form]] = WordsForm
    done: ClassVar[str]

    def act(self, row: Any, values: dict[str, Any]) -> None:
        raise NotImplementedError

    def address_of(self, row: Any) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Model = self.get_object()
        form = self.form_class(request.POST)
        if not form.is_valid():
            context = self.get_context_data(object=row, failed=form)
            return self.render_to_response(context, status=400)
        try:
            self.act(row, form.cleaned_data)
        except MissingInput as missing:
            form.add_error("words" if "words" in form.fields else None, missing.reason)
            context = self.get_context_data(object=row, failed=form)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, self.done)
        return HttpResponseRedirect(self.address_of(row))
