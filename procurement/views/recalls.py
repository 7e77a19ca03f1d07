"""Recalls: the list, a new one, one recall as each side has it, its holders, its letter."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from catalog.queries.steps import steps_of
from catalog.views.quality import OneFormView
from core.transitions import Verdict
from core.views.object_page import offered_actions
from organisations.queries.changes import name_on
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from procurement.filters import RecallFilter, RecallHolderFilter
from procurement.forms import AskAgainForm, HoldingsForm, RecallForm, RecallStepForm
from procurement.models import Recall, RecallHolder
from procurement.operations.recalls import open_recall
from procurement.queries.recalls import (
    differing_holders,
    holding_institutions,
    may_open,
    may_report,
    own_holders,
    own_waiting,
    progress_by_place,
    recall_standings,
    visible_recall_holders,
    visible_recalls,
)
from procurement.states.recall import RECALL_LEVELS, RECALL_MACHINE
from procurement.tables import HOLDER_COLUMNS, RECALL_COLUMNS

STEPS = {
    "recall.open": "发起召回",
    "recall.find_again": "重新查找持有单位",
    "recall.close": "办结召回",
    "recall.withdraw": "撤销召回",
}
NAMED = ("product", "manufacturer", "opened_by", "area")


class RecallListView(FilteredListView):
    page_title = "召回"
    page_note = (
        "生产企业、药监部门或省级医保局按批号召回；持有的医疗机构逐家报告封存、退回和已使用数量"
    )
    filterset_class = RecallFilter
    columns = RECALL_COLUMNS
    default_sort = "-opened"
    keyset = ("opened_at", "id")
    route, export_route, sheet_name = "recalls", "recalls-export", "召回"
    bar = ("stage", "level", "lot_no")
    search_hint = "产品、编码、编号、拼音首字母"
    empty_text = "没有召回。"

    def everything(self, scope: Scope) -> QuerySet[Recall]:
        return visible_recalls(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actions = [{"label": "批号追踪", "url": reverse("lot-holders"), "icon": "search"}]
        if may_report(self.scope) and own_waiting(self.scope):
            bulk = {"label": "Excel 报告处置数量", "url": reverse("recall-report-upload")}
            actions.insert(0, bulk | {"icon": "upload"})
        if may_open(self.scope):
            new = {"label": "发起召回", "url": reverse("recall-new"), "kind": "primary"}
            actions.insert(0, new)
        return super().get_context_data(actions=actions, **kwargs)


class RecallExportView(ExportMixin, RecallListView):
    pass


class RecallNewView(OneFormView):
    page_title = "发起召回"
    page_note = "发起后立即查找持有这些批号的医疗机构，逐家产生待办"
    form_class = RecallForm
    list_route, list_label = "recalls", "召回"
    submit = "发起召回"

    def allowed(self, scope: Scope) -> Verdict:
        return may_open(scope)

    def initial(self) -> dict[str, Any]:
        given = self.request.GET
        lots = given.get("lots", "").replace(",", "\n")
        return {"product": given.get("product", ""), "lots": lots}

    def make(self, values: dict[str, Any]) -> str:
        self.made = open_recall(by=self.user, scope=self.scope, at=timezone.now(), **values)
        return reverse("recall", args=[self.made.recall_no])

    def done_words(self) -> str:
        holders = holding_institutions(self.scope, self.made)
        if holders:
            return f"召回已发起，{holders} 家持有单位已收到待办"
        return (
            "召回已发起。已登记的配送中没有这些批号，没有单位收到待办："
            "请核对批号，填错的请撤销后重新发起"
        )


class RecallView(ScopedDetailView):
    template_name = "procurement/recall_detail.html"
    key_field = key = "recall_no"

    def visible(self, scope: Scope) -> QuerySet[Recall]:
        return visible_recalls(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recall: Recall = kwargs["object"]
        opens = bool(recall_standings(self.scope, recall))
        offers = RECALL_MACHINE.offers(recall, recall_standings(self.scope, recall))
        own = list(own_holders(self.scope, recall))
        waiting = [row for row in own if row.state == RecallHolder.State.WAITING]
        is_open = recall.state == Recall.State.OPEN
        return super().get_context_data(
            **{
                "level": RECALL_LEVELS[recall.state],
                "holder_words": _holder_words(recall, own_waits=bool(waiting)) if is_open else "",
                "late": is_open and recall.due_at <= timezone.now(),
                "offered": offered_actions(
                    offers, url=lambda verb: reverse("recall-end", args=[recall.recall_no, verb]),
                    version=recall.row_version, on_page={"close": "end", "withdraw": "end"},
                ),
                "opens": opens and is_open,
                "own": own,
                "holdings": self.holdings_form(waiting) if waiting and is_open else None,
                "end_form": self.end_form(recall),
                "again_form": self.again_form(),
                "progress": progress_by_place(self.scope, recall),
                "differing": differing_holders(self.scope, recall),
                "timeline": steps_of("recall", recall.pk, STEPS),
                "actions": [
                    {"label": "召回通知", "icon": "printer",
                     "url": reverse("recall-letter", args=[recall.recall_no])},
                ],
                "breadcrumbs": [{"label": "召回", "url": reverse("recalls")},
                                {"label": recall.recall_no}],
                **kwargs,
                "page_title": f"{recall.get_level_display()}召回：{recall.product}",
            }
        )  # fmt: skip

    def end_form(self, recall: Recall) -> RecallStepForm:
        return RecallStepForm(initial={"version": recall.row_version})

    def again_form(self) -> AskAgainForm:
        return AskAgainForm()

    def holdings_form(self, rows: list[RecallHolder]) -> HoldingsForm:
        known = {f"version_{row.pk}": row.row_version for row in rows}
        return HoldingsForm(initial=known, rows=rows)


def _holder_words(recall: Recall, *, own_waits: bool) -> str:
    ends = f"{recall.opened_by.name}办结"
    return f"本机构报告数量，{ends}" if own_waits else ends


class RecallLetterView(RecallView):
    """The notice as paper: for a holder with its own packs."""

    template_name = "procurement/recall_letter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        recall: Recall = kwargs["object"]
        opened_on = timezone.localtime(recall.opened_at).date()
        return super().get_context_data(**kwargs) | {
            "page_title": "药品（耗材）召回通知",
            "organisation": name_on(recall.opened_by, opened_on),
            "manufacturer_name": name_on(recall.manufacturer, opened_on),
            "number": recall.recall_no,
            "printed_by": f"{self.user.organisation.name} {self.user.name}",
            "printed_at": timezone.now(),
        }


class RecallHolderListView(FilteredListView):
    """Holders of one recall, as far as one sees them."""

    page_title = "召回持有单位"
    filterset_class = RecallHolderFilter
    columns = HOLDER_COLUMNS
    default_sort = "county"
    route, export_route, sheet_name = "recall-holders", "recall-holders-export", "召回持有单位"
    bar = ("stage", "difference")
    search_hint = "机构、批号、拼音首字母"

    def recall(self) -> Recall:
        found = visible_recalls(self.scope).filter(recall_no=self.kwargs["recall_no"]).first()
        if found is None:
            raise Http404
        return found

    def everything(self, scope: Scope) -> QuerySet[RecallHolder]:
        rows = visible_recall_holders(scope).filter(recall=self.recall())
        return rows.select_related("institution", "distributor", "county")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        number = self.kwargs["recall_no"]
        crumbs = [
            {"label": "召回", "url": reverse("recalls")},
            {"label": number, "url": reverse("recall", args=[number])},
            {"label": "持有单位"},
        ]
        return super().get_context_data(breadcrumbs=crumbs, **kwargs)


class RecallHolderExportView(ExportMixin, RecallHolderListView):
    pass
