"""The trial balance, one account with its lines, one entry with what it comes of."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from core.lists.keyset import capped_count
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from settlement.filters import AccountFilter
from settlement.models import LedgerAccount, LedgerEntry
from settlement.queries.entry_source import source_address
from settlement.queries.ledger import (
    trial_balance,
    visible_ledger_accounts,
    visible_ledger_entries,
    visible_postings,
)
from settlement.tables.ledger import ACCOUNT_COLUMNS

NEWEST = 200
PARTIES = ("pool", "institution", "enterprise")


def keeps_accounts(scope: Scope) -> bool:
    """Everybody with money of their own here; health and drug authorities have none."""
    return scope.is_business and scope.kind in (
        "agency", "bureau", "finance", "institution", "enterprise",
    )  # fmt: skip


def asked_day(text: str) -> date:
    """The day up to which balances are asked; today where none was understood."""
    try:
        asked = parse_date(text)
    except ValueError:
        asked = None
    return asked or timezone.localdate()


class AccountListView(FilteredListView):
    page_title = "账簿"
    page_note = "余额都由分录相加得出；借为正、贷为负。分录只增不改，错账以冲销分录更正"
    filterset_class = AccountFilter
    columns = ACCOUNT_COLUMNS
    default_sort = "pool"
    route, export_route, sheet_name = "ledger-accounts", "ledger-accounts-export", "账簿余额"
    bar = ("purpose", "until")
    search_hint = "医疗机构、企业、拼音首字母"
    empty_text = "还没有记账，或不在您的查看范围内。"

    def exists_for(self, scope: Scope) -> bool:
        return keeps_accounts(scope)

    def everything(self, scope: Scope) -> QuerySet[LedgerAccount]:
        return trial_balance(
            visible_ledger_accounts(scope).select_related(*PARTIES),
            asked_day(self.request.GET.get("until", "")),
        )


class AccountExportView(ExportMixin, AccountListView):
    pass


class NumberedView(ScopedDetailView):
    """By its number; what is no number is not there."""

    def get_object(self) -> Any:
        if not is_number(self.kwargs["pk"]):
            raise Http404
        return super().get_object()


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


class AccountView(NumberedView):
    template_name = "settlement/ledger_account.html"
    key_field = key = "pk"

    def exists_for(self, scope: Scope) -> bool:
        return keeps_accounts(scope)

    def visible(self, scope: Scope) -> QuerySet[LedgerAccount]:
        rows = visible_ledger_accounts(scope).select_related(*PARTIES)
        return trial_balance(rows, timezone.localdate())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Any = kwargs["object"]
        lines = visible_postings(self.scope).filter(account=row).select_related("entry")
        parties = [each.name for each in (row.institution, row.enterprise) if each]
        return super().get_context_data(
            **kwargs
            | {
                "page_title": row.get_purpose_display(),
                "page_note": " / ".join([row.pool.name, *parties]),
                "breadcrumbs": [{"label": "账簿", "url": reverse("ledger-accounts")},
                                {"label": row.get_purpose_display()}],
                "lines": lines.order_by("-entry__occurred_on", "-pk")[:NEWEST],
                "count": capped_count(lines), "newest": NEWEST,
            }
        )  # fmt: skip


class EntryView(NumberedView):
    template_name = "settlement/ledger_entry.html"
    key_field = key = "pk"

    def exists_for(self, scope: Scope) -> bool:
        return keeps_accounts(scope)

    def visible(self, scope: Scope) -> QuerySet[LedgerEntry]:
        return visible_ledger_entries(scope).select_related("pool", "reverses")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Any = kwargs["object"]
        lines = visible_postings(self.scope).filter(entry=row)
        return super().get_context_data(
            **kwargs
            | {
                "page_title": f"分录 {row}",
                "page_note": row.text,
                "breadcrumbs": [{"label": "账簿", "url": reverse("ledger-accounts")},
                                {"label": f"分录 {row}"}],
                "lines": lines.select_related(
                    "account__pool", "account__institution", "account__enterprise"
                ).order_by("-amount", "pk"),
                "whole": lines.count() == row.line_count,
                "source_url": source_address(self.scope, row),
                "reversed_by": visible_ledger_entries(self.scope).filter(reverses=row).first(),
            }
        )  # fmt: skip
