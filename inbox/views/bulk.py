"""Bulk acts: choose rows on a list, confirm their exact number, read what came of each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

import inbox.tasks  # noqa: F401 - its kind of job gets its name by being imported
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from inbox.models import BulkRun
from inbox.operations.bulk import MOST_ROWS, choose_rows, confirm_run
from inbox.queries.bulk import preview
from inbox.queries.visible import visible_bulk_runs
from organisations.queries.bulk_acts import BulkAct, act_named
from organisations.queries.scope import Scope
from organisations.queries.visible import own_jobs
from organisations.views.filtered import declared_lists
from organisations.views.list_export import list_of
from organisations.views.scoped import ScopedDetailView, ScopedView


class BulkChooseView(ScopedView):
    """POST from a list: `ids` of ticked rows, or `all` with the list's `query`."""

    http_method_names = ["post", "options"]

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = act_named(kwargs["act"])
        if act is None or not act.offered(self.scope):
            raise Http404
        query = request.POST.get("query", "")
        try:
            keys = self._filtered(act, query) if request.POST.get("all") else self._ticked()
            run = choose_rows(
                act=act, keys=keys, scope=self.scope, by=self.user, at=timezone.now(),
                back=f"{reverse(act.page)}?{query}",
            )  # fmt: skip
        except MissingInput as refusal:
            return refusal_page(request, refusal)
        return HttpResponseRedirect(reverse("bulk-run", args=[run.pk]))

    def _ticked(self) -> list[int]:
        given = self.request.POST.getlist("ids")
        keys = [int(key) for key in given if key.isascii() and key.isdigit() and len(key) < 19]
        if len(keys) != len(given):
            raise MissingInput("ids", "所选的行不能识别，请返回列表重新勾选")
        return keys

    def _filtered(self, act: BulkAct, query: str) -> list[int]:
        """One more than may be done, so that too many are told and not cut off."""
        found = list_of(
            declared_lists()[act.page], query, user=self.user, scope=self.scope,
            path=reverse(act.page),
        )  # fmt: skip
        rows = found.view.get_queryset()
        found.view.refuse_broken_filter()
        return list(rows.values_list("pk", flat=True)[: MOST_ROWS + 1])


class BulkRunView(ScopedDetailView):
    """The choice to be confirmed; while it is done, its progress; afterwards the result."""

    template_name = "inbox/bulk_run.html"
    key_field: ClassVar[str] = "pk"
    key: ClassVar[str] = "pk"

    def exists_for(self, scope: Scope) -> bool:
        return scope.active

    def visible(self, scope: Scope) -> QuerySet[BulkRun]:
        return visible_bulk_runs(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run: BulkRun = kwargs["object"]
        act = self._act(run)
        done = [result for result in run.results if result["ok"]]
        page = declared_lists()[act.page]
        context: dict[str, Any] = {
            "act": act,
            "page_title": act.label,
            "back_url": run.back or reverse(act.page),
            "done": done,
            "not_done": [result for result in run.results if not result["ok"]],
            "begun": len(run.results),
            "total": len(run.items),
            "job": own_jobs(self.scope).filter(pk=run.job_id).first() if run.job_id else None,
            "breadcrumbs": [
                {"label": str(page.page_title), "url": run.back or reverse(act.page)},
                {"label": act.label},
            ],
        }
        if run.state != BulkRun.State.DONE:
            left = {key for key, _ in run.items[len(run.results) :]}
            context["suspects"] = len(left & set(run.suspects))
            context["preview"] = preview(run, act, self.scope)
            context["form"] = kwargs.get("form") or (act.form() if act.form else None)
        return super().get_context_data(**kwargs | context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run: BulkRun = self.get_object()
        act = self._act(run)
        if not act.offered(self.scope):
            raise Http404
        form = act.form(request.POST) if act.form else None
        if form is not None and not form.is_valid():
            self.object = run
            context = self.get_context_data(object=run, form=form)
            return self.render_to_response(context, status=400)
        values = form.cleaned_data if form is not None else {}
        try:
            confirm_run(run=run, values=values, scope=self.scope, by=self.user, at=timezone.now())
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        return HttpResponseRedirect(reverse("bulk-run", args=[run.pk]))

    def _act(self, run: BulkRun) -> BulkAct:
        act = act_named(run.act)
        if act is None:
            raise Http404
        return act
