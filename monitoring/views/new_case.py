"""The page that opens a case: who may not is told so before typing; a refusal stands beside its field."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.transitions import NotYours, Refusal
from core.views.errors import refusal_page
from organisations.views.scoped import ScopedTemplateView


class NewCaseView(ScopedTemplateView):
    """Declares `form_class` (which takes `scope`), and the four answers below."""

    form_class: Any

    def may(self) -> bool:
        raise NotImplementedError

    def not_yours(self) -> NotYours:
        raise NotImplementedError

    def given(self) -> dict[str, Any]:
        """What the address that led here fills in."""
        return {}

    def make(self, form: Any) -> tuple[str, str]:
        """Do it; the words for the person and the address to go on to. Raises Refusal."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may():
            return refusal_page(request, self.not_yours())
        form = self.form_class(scope=self.scope, initial=self.given())
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may():
            return refusal_page(request, self.not_yours())
        form = self.form_class(request.POST, scope=self.scope)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=400)
        try:
            words, url = self.make(form)
        except Refusal as refusal:
            field = getattr(refusal, "field", None)
            form.add_error(field if field in form.fields else None, refusal.reason)
            return self.render_to_response(self.get_context_data(form=form), status=refusal.status)
        messages.success(request, words)
        return HttpResponseRedirect(url)
