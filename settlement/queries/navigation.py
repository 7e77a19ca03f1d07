"""Settlement in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope


def sees_retention(scope: Scope) -> bool:
    """结余留用 is nothing of enterprises'."""
    return scope.is_business and scope.kind != "enterprise"


def keeps_inputs(scope: Scope) -> bool:
    """Prices and shares belong to the pool: its agency and the authorities over it."""
    return scope.is_business and (scope.kind == "agency" or scope.is_region_authority)


add(
    Entry(Group.SETTLEMENT, 50, "结余留用", "retention-runs", "wallet", sees_retention),
    Entry(
        Group.SETTLEMENT, 52, "结余留用测算说明", "retention-sheets", "file-text", sees_retention
    ),
    Entry(Group.SETTLEMENT, 54, "结余留用明细", "retention-rows", "list-check", sees_retention),
    Entry(Group.SETTLEMENT, 55, "结余留用测算数据", "retention-inputs", "table", keeps_inputs),
    Entry(Group.SETTLEMENT, 56, "年度考核", "year-assessments", "clipboard-check", sees_retention),
)


def _parties(scope: Scope) -> bool:
    return scope.is_business and scope.kind in (
        "agency", "bureau", "finance", "institution", "enterprise",
    )  # fmt: skip


def _pool_side(scope: Scope) -> bool:
    return scope.is_business and scope.kind in ("agency", "bureau", "finance")


def _deducted(scope: Scope) -> bool:
    return scope.is_business and scope.kind in ("agency", "bureau", "finance", "institution")


add(
    Entry(Group.SETTLEMENT, 10, "货款结算单", "statements", "file-text", shown_to=_parties),
    Entry(Group.SETTLEMENT, 12, "预付金", "prepayments", "wallet", shown_to=_parties),
    Entry(Group.SETTLEMENT, 15, "资金总览", "money-overview", "clipboard-check", shown_to=_pool_side),
    Entry(Group.SETTLEMENT, 20, "银行付款", "bank-orders", "clipboard-list", shown_to=_pool_side),
    Entry(Group.SETTLEMENT, 25, "医保预拨付款扣除", "deductions", "clipboard-list",
          shown_to=_deducted),
    Entry(Group.SETTLEMENT, 40, "账簿", "ledger-accounts", "clipboard-check", shown_to=_parties),
)  # fmt: skip
