"""调剂: the list, one transfer with both sides' steps, and asking for one on a surge report's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from catalog.views.quality import OneFormView
from core.transitions import Verdict
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from procurement.filters.surge_cases import TransferFilter
from procurement.forms.surge_cases import TRANSFER_FORMS, AskTransferForm
from procurement.models import SurgeReport, Transfer
from procurement.operations.transfers import ask_transfer, step_transfer
from procurement.queries.supply_side import visible_transfers
from procurement.queries.surge import may_report_surge, visible_surge_reports
from procurement.queries.surge_cases import transfer_standings
from procurement.states.transfer import TRANSFER_LEVELS, TRANSFER_MACHINE
from procurement.tables.surge_cases import TRANSFER_COLUMNS
from procurement.views.cases import CaseActView, CaseView
from procurement.views.surge_cases import surge_tabs

NAMED = ("product", "institution", "lender", "report")
WHO = {"asked": "lender", "offered": "institution", "agreed": "lender", "sent": "institution"}


class TransferListView(FilteredListView):
    template_name = "procurement/tabbed_list.html"
    page_title = "调剂"
    page_note = "应急期间医疗机构之间的调剂，双方各自登记；调剂不是采购，不改变订单、收货和约定量"
    filterset_class = TransferFilter
    columns = TRANSFER_COLUMNS
    default_sort = "-asked"
    keyset = ("asked_at", "id")
    route, export_route, sheet_name = "transfers", "transfers-export", "调剂"
    bar = ("stage",)
    search_hint = "产品、医疗机构、编号、拼音首字母"
    empty_text = "没有调剂，或不在您的查看范围内。在应急需求页面申请。"

    def everything(self, scope: Scope) -> QuerySet[Transfer]:
        return visible_transfers(scope).select_related(*NAMED)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tabs=surge_tabs(self.route), **kwargs)


class TransferExportView(ExportMixin, TransferListView):
    pass


class TransferNewView(OneFormView):
    """Of one surge report; whoever sees it not has no such page."""

    page_title = "申请调剂"
    form_class = AskTransferForm
    list_route, list_label = "transfers", "调剂"
    submit, done = "申请", "已申请，对方已收到待办"

    def report(self) -> SurgeReport:
        rows = visible_surge_reports(self.scope).select_related("product")
        found = rows.filter(report_no=self.kwargs["report_no"]).first()
        if found is None:
            raise Http404
        return found

    def allowed(self, scope: Scope) -> Verdict:
        self.report()
        return may_report_surge(scope)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.report()
        note = (
            f"{report.product}，需要 {report.needed_packs.normalize():,f} 包装（{report.report_no}）。"
            "对方收到待办，答复可调出多少；双方再分别登记调出和收到"
        )
        return super().get_context_data(page_note=note, **kwargs)

    def initial(self) -> dict[str, Any]:
        return {"lender_code": self.request.GET.get("lender_code", "")}

    def make(self, values: dict[str, Any]) -> str:
        row = ask_transfer(
            report=self.report(), by=self.user,
            scope=self.scope, at=timezone.now(), **values,
        )  # fmt: skip
        return reverse("transfer", args=[row.transfer_no])


class TransferView(CaseView):
    key_field = key = "transfer_no"
    machine, levels = TRANSFER_MACHINE, TRANSFER_LEVELS
    steps = {"transfer.ask": "申请"}

    def visible(self, scope: Scope) -> QuerySet[Transfer]:
        return visible_transfers(scope).select_related(*NAMED)

    def standings(self, row: Transfer) -> frozenset[str]:
        return transfer_standings(self.scope, row)

    def form_of(self, verb: str, row: Transfer, data: Any = None) -> forms.Form:
        first: dict[str, Any] = {"version": row.row_version}
        if verb == "offer":
            first["offered_packs"] = row.asked_packs
        if verb == "send":
            first["sent_packs"] = row.offered_packs
        if verb == "receive":
            first["received_packs"] = row.sent_packs
        return TRANSFER_FORMS[verb](data, initial=first)

    def act_url(self, row: Transfer, verb: str) -> str:
        return reverse("transfer-act", args=[row.transfer_no, verb])

    def file_url(self, row: Transfer, file: Any) -> str:
        return ""

    def who(self, row: Transfer) -> str:
        return f"{getattr(row, WHO[row.state]).name}办理" if row.state in WHO else ""

    def facts(self, row: Transfer) -> list[dict[str, Any]]:
        facts: list[dict[str, Any]] = [
            {"label": "产品", "value": f"{row.product}（{row.product.code}）",
             "url": reverse("product-detail", args=[row.product.code])},
            {"label": "应急需求", "value": row.report.report_no},
            {"label": "调入医疗机构", "value": row.institution.name},
            {"label": "调出医疗机构", "value": row.lender.name},
        ]  # fmt: skip
        for label, packs in (("申请", row.asked_packs), ("同意", row.offered_packs),
                             ("调出", row.sent_packs), ("收到", row.received_packs)):  # fmt: skip
            if packs is not None:
                facts.append({"label": label, "value": f"{packs.normalize():f} 包装"})
        if row.lot_no:
            facts.append({"label": "批号", "value": f"{row.lot_no}，有效期至 {row.expires_on}"})
        said = (("说明", row.words), ("不能调出的原因", row.answer_words),
                ("数量不符的说明", row.received_words), ("撤回原因", row.closing_words))  # fmt: skip
        return facts + [
            {"label": label, "value": text, "wide": True} for label, text in said if text
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Transfer = kwargs["object"]
        crumbs = [{"label": "调剂", "url": reverse("transfers")}, {"label": row.transfer_no}]
        return super().get_context_data(
            **self.case_context(
                row, breadcrumbs=crumbs, page_title=f"调剂：{row.product}", **kwargs
            )
        )


def _step(view: TransferView, row: Transfer, values: dict[str, Any]) -> None:
    seen = values.pop("version")
    step_transfer(
        transfer=row, verb=view.kwargs["verb"], values=values, by=view.user, scope=view.scope,
        at=timezone.now(), seen_version=seen,
    )  # fmt: skip


class TransferActView(CaseActView, TransferView):
    acts = dict.fromkeys(TRANSFER_FORMS, _step)

    def done_url(self, row: Transfer) -> str:
        return reverse("transfer", args=[row.transfer_no])
