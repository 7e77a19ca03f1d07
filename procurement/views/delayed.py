"""延迟响应清单: the list of lists, one with its rows, the distributor's reasons, the bureau's end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from core.lists import columns as lists
from core.lists.workbook import workbook_response
from core.transitions import MissingInput, Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from procurement.filters.delayed import DelayedListFilter
from procurement.forms.delayed import DelayAnswersForm, DelayCloseForm
from procurement.models import DelayedList
from procurement.operations.delayed_lists import DelayAnswer, answer_delayed, close_delayed
from procurement.queries.delayed_lists import (
    delayed_standings,
    has_lists,
    rows_of_list,
    with_states,
)
from procurement.queries.visible import visible_delayed_lists
from procurement.states.delayed_list import BUREAU, DELAYED_LEVELS, DELAYED_MACHINE, DISTRIBUTOR
from procurement.tables.delayed import DELAYED_COLUMNS, ROW_COLUMNS

NAMED = ("distributor", "county", "city", "province")


class DelayedListsView(FilteredListView):
    page_title = "延迟响应清单"
    page_note = (
        "每个工作日早晨按县（市、区）和配送企业列出超过响应时限仍未响应的订单行，一行只列一次"
    )
    filterset_class = DelayedListFilter
    columns = DELAYED_COLUMNS
    default_sort = "-listed"
    keyset = ("listed_on", "id")
    route, export_route, sheet_name = "delayed-lists", "delayed-lists-export", "延迟响应清单"
    bar = ("stage", "since", "until")
    search_hint = "清单编号、配送企业、拼音首字母"
    empty_text = "没有延迟响应清单。"

    def exists_for(self, scope: Scope) -> bool:
        return has_lists(scope)

    def everything(self, scope: Scope) -> QuerySet[DelayedList]:
        return visible_delayed_lists(scope).select_related(*NAMED)


class DelayedListsExportView(ExportMixin, DelayedListsView):
    pass


class DelayedListView(ScopedDetailView):
    template_name = "procurement/delayed_list.html"
    key_field = key = "list_no"

    def exists_for(self, scope: Scope) -> bool:
        return has_lists(scope)

    def visible(self, scope: Scope) -> QuerySet[DelayedList]:
        return visible_delayed_lists(scope).select_related(*NAMED)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(object=self.get_object()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: DelayedList = kwargs["object"]
        rows = with_states(list(rows_of_list(self.scope, row)))
        standings = delayed_standings(self.scope, row)
        answers = kwargs.get("answers")
        if answers is None and DISTRIBUTOR in standings and row.state == "open":
            answers = DelayAnswersForm(rows=rows)
        closes = BUREAU in standings and row.state != "closed"
        who = {"open": row.distributor.name if row.distributor else "", "answered": "所在地医保局"}
        return super().get_context_data(
            **{
                "rows": [(each, answers.of(each) if answers else {}) for each in rows],
                "level": DELAYED_LEVELS[row.state],
                "who": who.get(row.state, ""),
                "late": row.listed_on > row.due_on,
                "offered": offered_actions(
                    DELAYED_MACHINE.offers(row, standings), version=row.row_version,
                    url=lambda verb: reverse("delayed-list-act", args=[row.list_no, verb]),
                    on_page={"answer": "answer", "close": "close"},
                ),
                "close_form": DelayCloseForm(initial={"version": row.row_version}) if closes else None,
                "timeline": steps_of(self.scope, DELAYED_MACHINE.name, row.pk),
                "actions": [
                    {"label": "导出 Excel", "icon": "download",
                     "url": reverse("delayed-list-rows", args=[row.list_no])},
                ],
                "breadcrumbs": [{"label": "延迟响应清单", "url": reverse("delayed-lists")},
                                {"label": row.list_no}],
                **kwargs,
                "answers": answers,
                "page_title": f"延迟响应清单 {row.list_no}",
            }
        )  # fmt: skip


class DelayedRowsView(DelayedListView):
    """The rows as Excel, with what became of their lines."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: DelayedList = self.get_object()
        rows: Iterable[Any] = with_states(list(rows_of_list(self.scope, row)))
        return workbook_response(
            name=f"延迟响应清单_{row.list_no}", columns=lists.sheet(ROW_COLUMNS),
            rows=lists.cells(ROW_COLUMNS, rows),
        )  # fmt: skip


class DelayedActView(DelayedListView):
    """POST only: the distributor's reasons, or the bureau's closing words."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: DelayedList = self.get_object()
        acts = {"answer": self.answer, "close": self.close}
        if kwargs["verb"] not in acts:
            raise Http404
        self.form: Any = None
        try:
            words = acts[kwargs["verb"]](row)
        except MissingInput as missing:
            shown = {"answers" if kwargs["verb"] == "answer" else "close_form": self.form}
            context = self.get_context_data(object=row, step_error=missing.reason, **shown)
            return self.render_to_response(context, status=400)
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, words)
        return HttpResponseRedirect(reverse("delayed-list", args=[row.list_no]))

    def answer(self, row: DelayedList) -> str:
        form = self.form = DelayAnswersForm(
            self.request.POST, rows=list(rows_of_list(self.scope, row))
        )
        version = self.request.POST.get("version", "")
        if not form.is_valid() or not (version.isascii() and version.isdigit()):
            raise MissingInput("answers", "有内容没有填对，请改正后再提交")
        values = form.cleaned_data
        answers = [
            DelayAnswer(each.pk, values[f"kind_{each.pk}"], values[f"note_{each.pk}"])
            for each in form.rows
            if values[f"kind_{each.pk}"]
        ]
        moved = answer_delayed(
            delayed_list=row, answers=answers, by=self.user, scope=self.scope, at=timezone.now(),
            seen_version=int(version[:9]),
        )  # fmt: skip
        return (
            "已说明，医保局已收到待办" if moved.state == "answered" else f"已说明 {len(answers)} 行"
        )

    def close(self, row: DelayedList) -> str:
        form = self.form = DelayCloseForm(self.request.POST)
        if not form.is_valid():
            raise MissingInput("closing_note", "请填写办结意见")
        close_delayed(
            delayed_list=row, closing_note=form.cleaned_data["words"], by=self.user,
            scope=self.scope, at=timezone.now(), seen_version=form.cleaned_data["version"],
        )  # fmt: skip
        return "清单已办结"
