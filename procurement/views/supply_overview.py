"""供应总览 (a hospital's 自查): what is under way and late, by whom, of what, and what to do next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from core.lists.workbook import workbook_response
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView
from procurement.queries.shipping import delivers
from procurement.queries.supply_overview import (
    behind_accounts,
    overview,
    receipt_work,
)
from procurement.rules.supply_lines import NEXT
from procurement.tables.supply_views import UNDER_WAY_SHEET

TABS = (
    ("supply-overview", "供应总览"), ("order-lines", "订单行"), ("supply-demand", "产品需求与供应"),
    ("supply-coverage", "基层覆盖"), ("quantity-accounts", "产品与机构"),
)  # fmt: skip


NUMBERS = [
    {"label": label, "numeric": True} for label in ("在办行", "超时未响应", "配送超时")
]  # fmt: skip


def supply_tabs(scope: Scope, route: str) -> list[dict[str, Any]]:
    """The four views and the lines behind them, the open one marked."""
    own = scope.kind == "institution"
    return [
        {"label": "供应自查" if own and name == "supply-overview" else label,
         "url": reverse(name), "active": name == route}
        for name, label in TABS
    ]  # fmt: skip


class OverviewView(ScopedTemplateView):
    template_name = "procurement/supply_overview.html"

    def exists_for(self, scope: Scope) -> bool:
        return scope.is_business

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scope, now = self.scope, timezone.now()
        own = scope.kind == "institution"
        found = overview(scope, now)
        work = receipt_work(scope, now) if own else None
        word = "医疗机构" if _sends(scope) else "配送企业"
        return super().get_context_data(
            page_title="供应自查" if own else "供应总览",
            page_note="在办（已发送、没有办结）的订单行，随写入即时更新；点数字看订单行",
            tabs=supply_tabs(scope, "supply-overview"), own=own, stats=_stats(found.totals),
            parties=found.parties, party_key="institution" if _sends(scope) else "distributor",
            party_word=word, party_columns=[{"label": word}, *NUMBERS], products=found.products,
            todo=_todo(found.totals, work) if own else [],
            behind=behind_accounts(scope, now) if own else [], behind_next=NEXT["behind"],
            export_url=reverse("supply-overview-export"), **kwargs,
        )  # fmt: skip


class OverviewExportView(OverviewView):
    """The two tables as Excel."""

    template_name = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        word = "医疗机构" if _sends(self.scope) else "配送企业"
        sheet = overview(self.scope, now)
        found = [(word, row) for row in sheet.parties]
        found += [("产品", row) for row in sheet.products]
        return workbook_response(
            name=f"供应总览_{timezone.localdate():%Y%m%d}",
            columns=UNDER_WAY_SHEET,
            rows=(
                (kind, row.name, row.code, row.lines, row.to_answer, row.unanswered, row.late,
                 row.to_receive)
                for kind, row in found
            ),
        )  # fmt: skip


def _sends(scope: Scope) -> bool:
    return delivers(scope) and not scope.is_manufacturer


def _stats(counts: dict[str, int]) -> list[dict[str, Any]]:
    lines = reverse("order-lines")
    return [
        {"label": "在办订单行", "value": counts["lines"], "unit": "行",
         "url": f"{lines}?under_way=lines",
         "note": "没有撤单、拒绝或收完的"},
        {"label": "待响应", "value": counts["to_answer"], "unit": "行",
         "url": f"{lines}?under_way=to_answer", "note": f"其中超时 {counts['unanswered']} 行"},
        {"label": "配送超时", "value": counts["late"], "unit": "行",
         "url": f"{lines}?under_way=late", "level": "red" if counts["late"] else "",
         "level_text": "超时", "note": "已响应、超过配送时限"},
        {"label": "送达待收货", "value": counts["to_receive"], "unit": "行",
         "url": f"{lines}?under_way=to_receive", "note": "送达的包装没有收完"},
    ]  # fmt: skip


def _todo(counts: dict[str, int], work: Any) -> list[dict[str, Any]]:
    """What the institution should do next, the overdue first; nothing where there is nothing."""
    lines = reverse("order-lines")
    rows = (
        ("overdue_receipt", "超过收货确认时限的配送", work.overdue, reverse("receipts"), True),
        ("to_receive", "已送达、待收货的配送", work.waiting - work.overdue, reverse("receipts"), False),
        ("unanswered", "超时未响应的订单行", counts["unanswered"], f"{lines}?under_way=unanswered", True),
        ("late", "配送超时的订单行", counts["late"], f"{lines}?under_way=late", True),
        ("to_answer", "等待响应、未超时的订单行", counts["to_answer"] - counts["unanswered"],
         f"{lines}?under_way=waiting", False),
    )  # fmt: skip
    return [
        {"label": label, "count": number, "url": url, "late": late, "note": NEXT[key]}
        for key, label, number, url, late in rows
        if number
    ]
