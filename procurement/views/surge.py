"""应急需求: the list, a report, one report with what could be bought instead, its steps and papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from catalog.queries.known import Known
from core.attachments.models import Attachment
from core.transitions import MissingInput, Refusal, Verdict
from core.views.errors import refusal_page
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.filters.surge import SurgeFilter
from procurement.forms.standby import CaseWordsForm
from procurement.forms.surge import SurgeReportForm, SurgeVerifyForm
from procurement.models import SurgeReport
from procurement.operations.emergency_purchases import tie_lines, untie_lines
from procurement.operations.surge import answer_surge, report_surge, verify_surge
from procurement.operations.transfers import OPEN_REPORTS
from procurement.queries.emergency_purchases import (
    lines_to_tie,
    tied_lines,
    untied_lines,
)
from procurement.queries.offline_purchases import visible_offline_purchases
from procurement.queries.supply_side import visible_transfers
from procurement.queries.surge import (
    may_report_surge,
    possible_lenders,
    supply_options,
    surge_papers,
    surge_standings,
    visible_surge_reports,
)
from procurement.states.surge import CLAUSE, REPORTER, SURGE_LEVELS, SURGE_MACHINE
from procurement.tables.surge import SURGE_COLUMNS
from procurement.views.cases import CaseActView, CaseFileView, CaseView, PapersFormView
from procurement.views.surge_cases import surge_tabs

NAMED = ("case", "product", "institution__region__parent", "county", "city", "bought_product")


class SurgeListView(FilteredListView):
    template_name = "procurement/tabbed_list.html"
    page_title = "应急需求"
    page_note = "短时需求大幅波动时医疗机构主动反馈；经核实的应急采购按认定计入或不计入考核"
    filterset_class = SurgeFilter
    columns = SURGE_COLUMNS
    default_sort = "-reported"
    keyset = ("reported_at", "id")
    route, export_route, sheet_name = "surge-reports", "surge-reports-export", "应急需求"
    bar = ("stage", "cause")
    search_hint = "产品、机构、编号、拼音首字母"
    empty_text = "没有应急需求，或不在您的查看范围内。"

    def everything(self, scope: Scope) -> QuerySet[SurgeReport]:
        return visible_surge_reports(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        new = {"label": "报告应急需求", "url": reverse("surge-new"), "kind": "primary"}
        actions = [new] if may_report_surge(self.scope) else []
        return super().get_context_data(tabs=surge_tabs(self.route), actions=actions, **kwargs)


class SurgeExportView(ExportMixin, SurgeListView):
    pass


class SurgeNewView(PapersFormView):
    page_title = "报告应急需求"
    page_note = (
        "提交后所在设区市医保局核实；页面列出可采购的本地区其他中选、备供、其他地区中选和可替代产品"
    )
    papers_label = "证明材料（可多选）"
    papers_note = "如用量统计、中选企业答复、应急采购凭证；没有材料的不能认定。"
    form_class = SurgeReportForm
    list_route, list_label = "surge-reports", "应急需求"
    submit, done = "提交", "已提交，医保局已收到待办"

    def allowed(self, scope: Scope) -> Verdict:
        return may_report_surge(scope)

    def initial(self) -> dict[str, Any]:
        return {"product_code": self.request.GET.get("product_code", "")}

    def make(self, values: dict[str, Any]) -> str:
        row = report_surge(
            product=values.pop("product_code"), uploads=self.uploads, by=self.user,
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return reverse("surge-report", args=[row.report_no])


class SurgeView(CaseView):
    template_name = "procurement/surge_detail.html"
    key_field = key = "report_no"
    machine, levels = SURGE_MACHINE, SURGE_LEVELS
    steps = {
        "surge_report.report": "报告", "surge_report.tie": "登记应急采购",
        "surge_report.untie": "更正应急采购登记",
    }  # fmt: skip

    def visible(self, scope: Scope) -> QuerySet[SurgeReport]:
        return visible_surge_reports(scope).select_related(*NAMED)

    def standings(self, row: SurgeReport) -> frozenset[str]:
        return surge_standings(self.scope, row)

    def form_of(self, verb: str, row: SurgeReport, data: Any = None) -> forms.Form:
        first: dict[str, Any] = {"initial": {"version": row.row_version}}
        if verb == "verify":
            first["initial"]["from_on"] = timezone.localdate(row.reported_at)
            return SurgeVerifyForm(data, words_label="核实意见", known=Known(self.scope), **first)
        label = "不予认定的原因" if verb == "refuse" else "撤回的原因"
        return CaseWordsForm(data, words_label=label, **first)

    def act_url(self, row: SurgeReport, verb: str) -> str:
        return reverse("surge-act", args=[row.report_no, verb])

    def file_url(self, row: SurgeReport, file: Attachment) -> str:
        return reverse("surge-file", args=[row.report_no, file.pk])

    def papers(self, row: SurgeReport) -> list[Attachment]:
        return surge_papers(row)

    def who(self, row: SurgeReport) -> str:
        if row.state != SurgeReport.State.REPORTED:
            return ""
        return f"{row.city.name if row.city else '省级'}医保局核实"

    def facts(self, row: SurgeReport) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = [
            {"label": "急需产品", "value": f"{row.product}（{row.product.code}）",
             "url": reverse("product-detail", args=[row.product.code])},
            {"label": "医疗机构", "value": row.institution.name},
            {"label": "需要", "value": f"{row.needed_packs.normalize():f} 包装"},
            {"label": "库存可用", "value": f"{row.days_of_stock} 天"},
            {"label": "原因", "value": row.get_cause_display()},
            {"label": "报告", "value": f"{timezone.localtime(row.reported_at):%Y-%m-%d %H:%M}"},
            {"label": "情况", "value": row.description, "wide": True},
        ]  # fmt: skip
        if row.case is not None:
            facts.append({"label": "应急保障", "value": row.case.case_no,
                          "url": reverse("surge-case", args=[row.case.case_no])})  # fmt: skip
        if row.bought_product is not None and row.kind:
            facts += [
                {"label": "应急采购产品",
                 "value": f"{row.bought_product}（{row.bought_product.code}）"},
                {"label": "认定", "value": f"{row.get_kind_display()}（豁免编号 {row.report_no}）"},
                {"label": "收货日期", "value": f"{row.from_on:%Y-%m-%d} 至 {row.to_on:%Y-%m-%d}"},
            ]  # fmt: skip
        for label, words in (("核实意见", row.note), ("撤回原因", row.closing_note)):
            if words:
                facts.append({"label": label, "value": words, "wide": True})
        return facts

    def unties(self, row: SurgeReport) -> bool:
        """Whether the reader corrects what was tied by mistake; a verified report keeps its lines."""
        return row.state != SurgeReport.State.VERIFIED and REPORTER in self.standings(row)

    def ties(self, row: SurgeReport) -> bool:
        """Whether the reader says which orders were emergency purchases."""
        return row.state == SurgeReport.State.REPORTED and REPORTER in self.standings(row)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: SurgeReport = kwargs["object"]
        today = timezone.localdate()
        crumbs = [{"label": "应急需求", "url": reverse("surge-reports")}, {"label": row.report_no}]
        return super().get_context_data(
            **self.case_context(
                row, breadcrumbs=crumbs, purchases=tied_lines(self.scope, row),
                untied=untied_lines(self.scope, row), unties=self.unties(row),
                offline=list(visible_offline_purchases(self.scope).filter(surge=row)
                             .select_related("product").order_by("pk")),
                to_tie=lines_to_tie(row, today) if self.ties(row) else [], ties=self.ties(row),
                options=supply_options(row, today),
                lenders=possible_lenders(row, today),
                transfers=list(visible_transfers(self.scope).filter(report=row)
                               .select_related("lender").order_by("-pk")),
                asks=surge_standings(self.scope, row) and row.state in OPEN_REPORTS
                and row.institution_id == self.scope.organisation_id, **kwargs,
                page_title=f"应急需求：{row.product}",
            )
        )  # fmt: skip


def _verify(view: SurgeView, row: SurgeReport, values: dict[str, Any]) -> None:
    verify_surge(
        report=row, bought_product=values["bought_product"], from_on=values["from_on"],
        to_on=values["to_on"], note=values["words"], by=view.user, scope=view.scope,
        at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


def _answer(view: SurgeView, row: SurgeReport, values: dict[str, Any]) -> None:
    answer_surge(
        report=row, verb=view.kwargs["verb"], words=values["words"], by=view.user,
        scope=view.scope, at=timezone.now(), seen_version=values["version"],
    )  # fmt: skip


class SurgeActView(CaseActView, SurgeView):
    acts = {"verify": _verify, "refuse": _answer, "withdraw": _answer}

    def done_url(self, row: SurgeReport) -> str:
        return reverse("surge-report", args=[row.report_no])


class SurgeLinesView(SurgeView):
    """POST only: the ticked order lines were emergency purchases."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row: SurgeReport = self.get_object()
        try:
            said = self.act(row, _named(request.POST.getlist("line")))
        except Refusal as refusal:
            return refusal_page(request, refusal)
        messages.success(request, said)
        return HttpResponseRedirect(reverse("surge-report", args=[row.report_no]))

    def act(self, row: SurgeReport, lines: Sequence[tuple[str, int]]) -> str:
        """Carry it out; gives the words that say what was done."""
        made = tie_lines(
            report=row, lines=lines, by=self.user, scope=self.scope, at=timezone.now()
        )  # fmt: skip
        return f"已登记 {len(made)} 行应急采购"


class SurgeUntieView(SurgeLinesView):
    """POST only: the ticked order lines were tied by mistake."""

    def act(self, row: SurgeReport, lines: Sequence[tuple[str, int]]) -> str:
        made = untie_lines(
            report=row, lines=lines, words=self.request.POST.get("words", "")[:500], by=self.user,
            scope=self.scope, at=timezone.now(),
        )  # fmt: skip
        return f"已更正 {len(made)} 行，可以登记到别的应急需求"


def _named(given: Sequence[str]) -> list[tuple[str, int]]:
    """ "order number:line number" each. Raises MissingInput for anything else."""
    found = []
    for text in given:
        order_no, _, line_no = text.rpartition(":")
        if not order_no or not (line_no.isascii() and line_no.isdigit() and len(line_no) < 10):
            raise MissingInput("line", "页面已过期，请刷新后重新勾选", CLAUSE)
        found.append((order_no[:60], int(line_no)))
    return found


class SurgeFileView(CaseFileView, SurgeView):
    pass
