"""The trial balance, one account with its lines, one entry with what it comes of."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from core.lists.keyset import capped_count
from core.transitions import MissingInput, NotYours, Refusal
from core.views.errors import refusal_page
from core.views.object_page import offered_actions
from organisations.queries.object_steps import steps_of
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from settlement.filters import AccountFilter
from settlement.forms.reversals import AskReversalForm, RefuseReversalForm
from settlement.forms.statements import StepForm
from settlement.models import LedgerAccount, LedgerEntry, LedgerReversal
from settlement.operations.reversals import ask_reversal, decide_reversal
from settlement.queries.entry_source import source_address
from settlement.queries.ledger import (
    sums_of,
    trial_balance,
    visible_ledger_accounts,
    visible_ledger_entries,
    visible_postings,
)
from settlement.queries.reversals import (
    asks_reversals,
    reversal_standings,
    reversible,
    visible_ledger_reversals,
)
from settlement.states.reversal import CLAUSE, REVERSAL_LEVELS, REVERSAL_MACHINE
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
    template_name = "settlement/ledger_accounts.html"
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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"sums": sums_of(self.filter.qs)}


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
    """One entry; where it may be taken back, the request and the answer are forms on its page."""

    template_name = "settlement/ledger_entry.html"
    key_field = key = "pk"

    def exists_for(self, scope: Scope) -> bool:
        return keeps_accounts(scope)

    def visible(self, scope: Scope) -> QuerySet[LedgerEntry]:
        return visible_ledger_entries(scope).select_related("pool__region", "reverses")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row: Any = kwargs["object"]
        lines = visible_postings(self.scope).filter(entry=row)
        kwargs |= self.reversal(row, kwargs.pop("failed", None), kwargs.pop("verb", ""))
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

    def reversal(self, row: LedgerEntry, failed: Any, verb: str) -> dict[str, Any]:
        """The newest request that the reader sees, with the steps that are open to them."""
        seen = visible_ledger_reversals(self.scope).filter(entry=row)
        asked = seen.select_related("entry__pool").order_by("-pk").first()
        forms, offered = [], []
        if asked is not None:
            offers = REVERSAL_MACHINE.offers(asked, reversal_standings(self.scope, asked))
            open_steps = [each.transition for each in offers if each.verdict]
            offered = offered_actions(
                offers, url=lambda verb: self._act_url(row, verb), version=asked.row_version,
                on_page={each.verb: each.verb for each in open_steps},
            )  # fmt: skip
            forms = [(step.verb, step.label) for step in open_steps]
        waits = asked is not None and asked.state == "asked"
        if not waits and reversible(row) and asks_reversals(self.scope, row):
            forms = [("ask", "申请冲销")]
        return {
            "asked": asked, "offered": offered,
            "state": {"words": asked.get_state_display(), "level": REVERSAL_LEVELS[asked.state],
                      "who": f"{row.pool.region.name}医保局" if waits else ""} if asked else None,
            "step_forms": [
                {"id": name, "title": label, "submit": label, "url": self._act_url(row, name),
                 "draft": f"reversal-{name}-{row}",
                 "form": failed if failed and verb == name else self.form_of(name, asked)}
                for name, label in forms
            ],
            "timeline": steps_of(self.scope, "ledger_reversal", asked.pk) if asked else [],
        }  # fmt: skip

    def _act_url(self, row: LedgerEntry, verb: str) -> str:
        return reverse("ledger-entry-act", args=[row.pk, verb])

    def form_of(self, verb: str, asked: LedgerReversal | None, data: Any = None) -> Any:
        if verb == "ask":
            return AskReversalForm(data)
        kind = RefuseReversalForm if verb == "refuse" else StepForm
        return kind(data, initial={"version": asked.row_version if asked else 1})


class EntryActView(EntryView):
    """POST only: ask for a reversal, agree to it or refuse it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.get_object()
        verb = str(kwargs["verb"])
        if verb not in ("ask", "agree", "refuse"):
            raise Http404
        asked = visible_ledger_reversals(self.scope).filter(entry=row).order_by("-pk").first()
        form = self.form_of(verb, asked, request.POST)
        try:
            mine = asks_reversals(self.scope, row)
            if verb == "ask" and not mine:
                raise NotYours.of(mine)
            if verb != "ask" and asked is None:
                raise NotYours("没有待同意的冲销申请", CLAUSE)
            if not form.is_valid():
                return self._again(row, verb, form)
            self._do(row, asked, verb, form.cleaned_data)
        except MissingInput as missing:
            form.add_error(missing.field if missing.field in form.fields else None, missing.reason)
            return self._again(row, verb, form)
        except Refusal as refusal:
            return refusal_page(request, refusal, form)
        messages.success(request, "已办理")
        return HttpResponseRedirect(reverse("ledger-entry", args=[row.pk]))

    def _do(
        self, row: LedgerEntry, asked: LedgerReversal | None, verb: str, values: dict[str, Any]
    ) -> None:
        acting: dict[str, Any] = {"by": self.user, "scope": self.scope, "at": timezone.now()}
        if verb == "ask":
            ask_reversal(entry=row, reason=values["reason"], **acting)
        elif asked is not None:
            decide_reversal(
                reversal=asked, verb=verb, note=values.get("note", ""),
                seen_version=values["version"], **acting,
            )  # fmt: skip

    def _again(self, row: LedgerEntry, verb: str, form: Any) -> HttpResponse:
        context = self.get_context_data(object=row, failed=form, verb=verb)
        return self.render_to_response(context, status=400)
