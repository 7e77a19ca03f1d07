"""Bases of every page: signed in, scope built once, rows only from visible_… queries."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView, View
from django.views.generic.list import MultipleObjectMixin

from core.transitions import ALLOWED, Verdict
from core.views.errors import error_page
from organisations.models import User
from organisations.queries.scope import Scope
from organisations.queries.visibility import require_scoped
from organisations.views.request_scope import request_scope, signed_in


class ScopedView(View):
    """A page for signed-in people.

    `exists_for` answers whether there is such a page for this kind of person at all: False gives
    the same 404 as an unknown address. `entry` says whether one of whom the page is may enter
    it: a refusing verdict gives 403 with its reason.
    """

    scope: Scope
    user: User
    open_before_password_change: ClassVar[bool] = False

    def exists_for(self, scope: Scope) -> bool:
        """Pages are for people of the trade unless a view says otherwise."""
        return scope.is_business

    def entry(self, scope: Scope) -> Verdict:
        """Open to all of whom the page is, unless a view says otherwise."""
        return ALLOWED

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = signed_in(request)
        if user is None:
            return to_sign_in(request)
        if user.must_change_password and not self.open_before_password_change:
            return HttpResponseRedirect(reverse("password-change"))
        self.user = user
        self.scope = request_scope(request)
        if not self.exists_for(self.scope):
            raise Http404
        verdict = self.entry(self.scope)
        if not verdict:
            return error_page(request, 403, reason=verdict.reason, clause=verdict.clause)
        return super().dispatch(request, *args, **kwargs)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a browser to the sign-in page and back afterwards; a fragment moves the whole page."""
    back = request.get_full_path() if request.method == "GET" else "/"
    if request.headers.get("HX-Request") == "true":
        back = request.headers.get("HX-Current-URL", "/")
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = f"{settings.LOGIN_URL}?{urlencode({'next': back})}"
        return answer
    query = f"?{urlencode({'next': back})}" if back != "/" else ""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}{query}")


class ScopedTemplateView(ScopedView, TemplateView):
    """A page made of a template; `page_title` and `page_note` go to the frame."""

    page_title: ClassVar[str] = ""
    page_note: ClassVar[str] = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {"page_title": self.page_title, "page_note": self.page_note, **kwargs}
        return super().get_context_data(scope=self.scope, **context)


class ScopedRows:
    """Takes rows from `visible(scope)` and refuses a queryset that was made otherwise."""

    scope: Scope

    def visible(self, scope: Scope) -> QuerySet[Any]:
        """The visible_… query of the view's model, refined as the page needs."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        return require_scoped(self.visible(self.scope), self.scope)


class ScopedListView(ScopedRows, MultipleObjectMixin, ScopedTemplateView):
    """A list of few enough rows to number its pages; long lists use the keyset of core.lists."""

    paginate_by = 50

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object_list = self.get_queryset()
        return self.render_to_response(self.get_context_data(**kwargs))


class ScopedDetailView(ScopedRows, ScopedTemplateView):
    """One visible object by its business number; anything else is the same 404.

    `key_field` is the model's field, `key` the name of the argument in the address.
    """

    key_field: ClassVar[str] = "pk"
    key: ClassVar[str] = "key"
    object: Model

    def get_object(self) -> Any:
        rows = self.get_queryset().filter(**{self.key_field: self.kwargs[self.key]})
        # Of one at most an order would only cost: a tenth of a page with many joined columns.
        found = (
            next(iter(rows.order_by()[:1]), None) if _unique(rows, self.key_field) else rows.first()
        )
        if found is None:
            raise Http404
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.object = self.get_object()
        return self.render_to_response(self.get_context_data(object=self.object, **kwargs))


def _unique(rows: QuerySet[Any], field: str) -> bool:
    return field == "pk" or ("__" not in field and bool(rows.model._meta.get_field(field).unique))
