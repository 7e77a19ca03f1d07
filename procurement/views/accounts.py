"""Quantity accounts: the list as each side has it, its file, and the lines of one account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from contracts.models import AgreementLine
from organisations.queries.scope import Scope
from organisations.views.filtered import FilteredListView
from organisations.views.list_export import ExportMixin
from organisations.views.scoped import ScopedDetailView
from procurement.filters import AccountFilter
from procurement.queries.quantity_account import (
    MEASURES,
    Account,
    account_entries,
    accounts,
    visible_accounts,
)
from procurement.queries.supply_overview import with_lines
from procurement.tables import ACCOUNT_COLUMNS

NAMED = ("batch", "product__group", "institution", "county", "manufacturer")
CRUMB = "约定量账户"


class AccountListView(FilteredListView):
    page_title = CRUMB
    page_note = (
        "每个数都由协议、订单、收货和退货逐行汇总得出；没有本产品协议的医共体成员，"
        "采购计入牵头单位的账户"
    )
    filterset_class = AccountFilter
    columns = ACCOUNT_COLUMNS
    default_sort = "-line"
    keyset = ("id",)
    route, export_route, sheet_name = "quantity-accounts", "quantity-accounts-export", CRUMB
    bar = ("batch", "year_no", "institution")
    search_hint = "产品、医疗机构、编码、拼音首字母"
    empty_text = "三方协议生效后，约定采购量在这里成为账户。"

    def everything(self, scope: Scope) -> QuerySet[AgreementLine]:
        return visible_accounts(scope, timezone.now()).select_related(*NAMED)

    def rows(self, objects: Iterable[AgreementLine]) -> list[Account]:
        now = timezone.now()
        return with_lines(self.scope, accounts(self.scope, objects, now), now)


class AccountExportView(ExportMixin, AccountListView):
    pass


class AccountView(ScopedDetailView):
    """One account with every line that its figures are made of."""

    template_name = "procurement/quantity_account.html"

    def visible(self, scope: Scope) -> QuerySet[AgreementLine]:
        return visible_accounts(scope, timezone.now()).select_related(*NAMED)

    def get_object(self) -> AgreementLine:
        given = self.kwargs
        found = self.get_queryset().filter(
            institution__code=given["institution"], product__code=given["product"],
            year_no=given["year_no"], batch__code=given["batch"],
        )  # fmt: skip
        line: AgreementLine | None = found.first()
        if line is None:
            raise Http404
        return line

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        line: AgreementLine = kwargs["object"]
        now = timezone.now()
        account = accounts(self.scope, [line], now)[0]
        chosen = self.request.GET.get("measure", "")
        entries = account_entries(self.scope, line, now)
        here = reverse("quantity-account", kwargs=self.kwargs)
        return super().get_context_data(
            account=account,
            unit=line.product.group.base_unit if line.product.group else "",
            figures=[
                {"label": label, "value": getattr(account, name), "url": f"{here}?measure={name}",
                 "active": chosen == name}
                for name, label in MEASURES.items()
            ],
            entries=[each for each in entries if chosen not in MEASURES or each.measure == chosen],
            chosen=MEASURES.get(chosen, ""),
            here=here,
            breadcrumbs=[{"label": CRUMB, "url": reverse("quantity-accounts")},
                         {"label": line.product.code}],
            **{**kwargs, "page_title": f"{CRUMB}：{line.product}"},
        )  # fmt: skip
