"""应急保障: the list, a case opened by a bureau, one case with its reports and transfers, its end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from catalog.views.quality import OneFormView
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.filters.surge_cases import SurgeCaseFilter
from procurement.forms.standby import CaseWordsForm
from procurement.forms.surge_cases import SurgeCaseForm
from procurement.models import SurgeCase
from procurement.operations.surge_cases import close_surge, open_surge
from procurement.queries.queue import at_stage
from procurement.queries.supply_side import visible_surge_cases, visible_transfers
from procurement.queries.surge import visible_surge_reports
from procurement.queries.surge_cases import may_open_surge, surge_case_standings
from procurement.queries.surge_lines import lines_of_case
from procurement.states.surge_case import SURGE_CASE_LEVELS, SURGE_CASE_MACHINE
from procurement.tables.surge_cases import SURGE_CASE_COLUMNS
from procurement.views.cases import CaseActView, CaseView

CRUMB = "应急保障"
NAMED = ("group", "region", "opened_by")
SHOWN = 50
COUNTED = (
    ("待响应", "answer", "配送企业还没有答复"), ("待发货", "ship", "已确认，没有发完"),
    ("在途", "way", "已发出，没有送达"), ("已超时", "late", "下一步已过时限"),
)  # fmt: skip


def surge_tabs(route: str) -> list[dict[str, Any]]:
    pages = (("surge-reports", "应急需求"), ("surge-cases", CRUMB), ("transfers", "调剂"))
    return [
        {"label": label, "url": reverse(name), "active": name == route} for name, label in pages
    ]


class SurgeCaseListView(FilteredListView):
    template_name = "procurement/tabbed_list.html"
    page_title = CRUMB
    page_note = (
        "设区市或省级医保局对一个品种、一个地区启动；期间该品种的订单行在配送工作台列入“应急优先”"
    )
    filterset_class = SurgeCaseFilter
    columns = SURGE_CASE_COLUMNS
    default_sort = "-opened"
    keyset = ("opened_at", "id")
    route, export_route, sheet_name = "surge-cases", "surge-cases-export", CRUMB
    bar = ("stage",)
    search_hint = "品种、编号、拼音首字母"
    empty_text = "没有应急保障，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[SurgeCase]:
        return visible_surge_cases(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "启动应急保障", "url": reverse("surge-case-new"), "kind": "primary"}
        return super().get_context_data(
            tabs=surge_tabs(self.route), actions=[new] if may_open_surge(self.scope) else [],
            **kwargs,
        )  # fmt: skip


class SurgeCaseExportView(ExportMixin, SurgeCaseListView):
    pass


class SurgeCaseNewView(OneFormView):
    page_title = "启动应急保障"
    page_note = "启动后通知地区内的医疗机构、该品种的生产企业和有在办订单行的配送企业；待核实的应急需求归入本件"
    form_class = SurgeCaseForm
    list_route, list_label = "surge-cases", CRUMB
    submit, done = "启动", "已启动，医疗机构、生产企业和配送企业已收到通知"

    def allowed(self, scope: Scope) -> Verdict:
        return may_open_surge(scope)

    def initial(self) -> dict[str, Any]:
        return {"group_code": self.request.GET.get("group_code", ""), "starts_on": self.scope.on}

    def make(self, values: dict[str, Any]) -> str:
        row = open_surge(
            group=values.pop("group_code"), region=values.pop("region_code"), by=self.user,
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return reverse("surge-case", args=[row.case_no])


class SurgeCaseView(CaseView):
    template_name = "procurement/surge_case.html"
    key_field = key = "case_no"
    machine, levels = SURGE_CASE_MACHINE, SURGE_CASE_LEVELS
    steps = {"surge_case.open": "启动"}

    def visible(self, scope: Scope) -> QuerySet[SurgeCase]:
        return visible_surge_cases(scope).select_related(*NAMED)

    def standings(self, row: SurgeCase) -> frozenset[str]:
        return surge_case_standings(self.scope, row)

    def form_of(self, verb: str, row: SurgeCase, data: Any = None) -> forms.Form:
        return CaseWordsForm(data, words_label="结束说明", initial={"version": row.row_version})

    def act_url(self, row: SurgeCase, verb: str) -> str:
        return reverse("surge-case-act", args=[row.case_no, verb])

    def file_url(self, row: SurgeCase, file: Any) -> str:
        return ""

    def who(self, row: SurgeCase) -> str:
        return f"{row.opened_by.name}跟进" if row.state == SurgeCase.State.OPEN else ""

    def facts(self, row: SurgeCase) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = [
            {"label": "品种", "value": f"{row.group.name}（{row.group.code}）"},
            {"label": "地区", "value": row.region.name},
            {"label": "原因", "value": row.get_cause_display()},
            {"label": "日期", "value": f"{row.starts_on:%Y-%m-%d} 至预计 {row.ends_on:%Y-%m-%d}"},
            {"label": "启动单位", "value": row.opened_by.name},
            {"label": "情况和要求", "value": row.description, "wide": True},
        ]  # fmt: skip
        if row.closing_note:
            facts.append({"label": "结束说明", "value": row.closing_note, "wide": True})
        return facts

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: SurgeCase = kwargs["object"]
        lines = lines_of_case(self.scope, row)
        named = ("product", "institution", "bought_product")
        reports = visible_surge_reports(self.scope).filter(case=row).select_related(*named)
        given = visible_transfers(self.scope).filter(report__case=row)
        return super().get_context_data(
            **self.case_context(
                row, reports=list(reports.order_by("-pk")[:SHOWN]),
                transfers=list(given.select_related("product", "institution", "lender")
                               .order_by("-pk")[:SHOWN]),
                line_counts=[
                    {"label": label, "value": at_stage(lines, stage).count(), "note": note}
                    for label, stage, note in COUNTED
                ],
                breadcrumbs=[{"label": CRUMB, "url": reverse("surge-cases")},
                             {"label": row.case_no}],
                page_title=f"{CRUMB}：{row.region.name} {row.group.name}", **kwargs,
            )
        )  # fmt: skip


def _close(view: SurgeCaseView, row: SurgeCase, values: dict[str, Any]) -> None:
    close_surge(
        case=row, words=values["words"], by=view.user, scope=view.scope, at=timezone.now(),
        seen_version=values["version"],
    )  # fmt: skip


class SurgeCaseActView(CaseActView, SurgeCaseView):
    acts = {"close": _close}

    def done_url(self, row: SurgeCase) -> str:
        return reverse("surge-case", args=[row.case_no])
