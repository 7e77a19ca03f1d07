"""Acts on many lines of the queue: what was chosen is shown with its number, then done at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.transitions import MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView
from procurement.forms.shipping import CloseRestForm, RejectLinesForm
from procurement.models import LineProgress
from procurement.operations.answers import confirm_lines, reject_lines
from procurement.operations.line_ends import close_rest
from procurement.queries.queue import by_institution
from procurement.queries.shipping import delivers, dispatches
from procurement.views.queue import chosen_rows, read_lines

WORDS = {
    "confirm": ("确认订单行", "确认", "确认后在配送时限内发货；医疗机构不能再撤单。"),
    "reject": ("拒绝订单行", "拒绝", "拒绝后这些行不再发货，医疗机构会收到通知并看到原因。"),
    "close": ("关闭余量", "关闭余量", "已发的照常送达和收货，没有发的包装不再发货。"),
}
OPERATIONS: dict[str, Callable[..., list[LineProgress]]] = {
    "confirm": confirm_lines, "reject": reject_lines, "close": close_rest,
}  # fmt: skip
FORMS: dict[str, type[forms.Form]] = {"reject": RejectLinesForm, "close": CloseRestForm}


class QueueActView(ScopedTemplateView):
    """GET shows the choice and asks; POST does all of it, or nothing and says which lines refuse."""

    template_name = "procurement/queue_act.html"

    def exists_for(self, scope: Scope) -> bool:
        return delivers(scope)

    def entry(self, scope: Scope) -> Verdict:
        return dispatches(scope)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["act"] not in WORDS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            rows = chosen_rows(self.scope, read_lines(request.GET.get("lines", "")))
            if not rows:
                raise MissingInput("lines", "所选的订单行已不在工作台，请刷新后重新选择")
        except Refusal as refusal:
            return refusal_page(request, refusal)
        return self.shown(rows, self.form(None))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = self.kwargs["act"]
        form: forms.Form | None = None
        seen: dict[int, int] = {}
        try:
            seen = read_versions(request.POST.getlist("line"))
            form = self.form(request.POST)
            if form is not None and not form.is_valid():
                return self.shown(chosen_rows(self.scope, list(seen)), form, status=400)
            given: dict[str, Any] = {
                "line_ids": list(seen), "seen": seen, "by": self.user, "scope": self.scope,
                "at": timezone.now(), **(form.cleaned_data if form is not None else {}),
            }  # fmt: skip
            done = OPERATIONS[act](**given)
        except MissingInput as missing:
            if form is not None and missing.field in form.fields:
                form.add_error(missing.field, missing.reason)
                return self.shown(chosen_rows(self.scope, list(seen)), form, status=400)
            return refusal_page(request, missing, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, f"已{WORDS[act][1]} {len(done)} 行")
        return HttpResponseRedirect(reverse("supply-queue"))

    def form(self, data: Any) -> forms.Form | None:
        kind = FORMS.get(self.kwargs["act"])
        return kind(data) if kind else None

    def shown(
        self, rows: list[LineProgress], form: forms.Form | None, status: int = 200
    ) -> HttpResponse:
        title, submit, note = WORDS[self.kwargs["act"]]
        context = self.get_context_data(
            page_title=title, note=note, submit=f"{submit} {len(rows)} 行", form=form, rows=rows,
            act=self.kwargs["act"], institutions=by_institution(rows),
            danger=self.kwargs["act"] != "confirm",
            breadcrumbs=[
                {"label": "配送工作台", "url": reverse("supply-queue")}, {"label": title},
            ],
        )  # fmt: skip
        return self.render_to_response(context, status=status)


def read_versions(given: list[str]) -> dict[int, int]:
    """`line:version` of each chosen line. Raises MissingInput."""
    found: dict[int, int] = {}
    for each in given:
        line, _, version = each.partition(":")
        if not all(
            part.isascii() and part.isdigit() and len(part) < 19 for part in (line, version)
        ):
            raise MissingInput("lines", "所选的订单行不能识别，请返回工作台重新勾选")
        found[int(line)] = int(version)
    read_lines("-".join(map(str, found)))
    return found
