"""Supply in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope
from procurement.queries.column_names import own_kinds
from procurement.queries.delayed_lists import has_lists
from procurement.queries.ordering import may_order
from procurement.queries.progress_differences import visible_differences
from procurement.queries.queue import menu_count
from procurement.queries.shipping import delivers


def _regulator(scope: Scope) -> bool:
    return scope.is_business and scope.kind == "regulator"


add(
    Entry(Group.QUALITY, 50, "召回与批号追踪", "recalls", "alert-octagon", often=_regulator),
)
add(Entry(Group.PROCUREMENT, 40, "约定量账户", "quantity-accounts", "clipboard-check"))
add(
    Entry(
        Group.PROCUREMENT, 10, "订单", "orders", "file-text",
        often=lambda scope: scope.kind == "institution" or scope.is_distributor,
    )
)  # fmt: skip
add(Entry(Group.PROCUREMENT, 60, "备供启动", "standby-cases", "refresh"))
add(
    Entry(
        Group.PROCUREMENT, 12, "配送工作台", "supply-queue", "truck-delivery", shown_to=delivers,
        count=menu_count, often=delivers,
    ),
    Entry(Group.PROCUREMENT, 20, "配送单", "delivery-notes", "clipboard-list"),
    Entry(
        Group.PROCUREMENT, 25, "延迟响应清单", "delayed-lists", "clock-exclamation",
        shown_to=has_lists,
    ),
)  # fmt: skip
add(
    Entry(
        Group.PROCUREMENT, 5, "采购车", "cart", "clipboard-check",
        shown_to=may_order, often=may_order,
    )
)  # fmt: skip
add(
    Entry(
        Group.PROCUREMENT, 90, "列名对照", "column-names", "clipboard-check",
        shown_to=lambda scope: bool(own_kinds(scope)),
    )
)  # fmt: skip
add(
    Entry(
        Group.PROCUREMENT, 44, "处方点评", "clinical-reasons", "clipboard-check",
        shown_to=lambda scope: scope.is_business and scope.kind != "enterprise",
    )
)  # fmt: skip
add(Entry(Group.PROCUREMENT, 42, "议价", "negotiations", "scale"))
add(
    Entry(Group.PROCUREMENT, 4, "采购计划", "plans", "calendar-stats", shown_to=may_order),
)


def _system(scope: Scope) -> bool:
    return scope.active and scope.platform_role == "system"


def _differences(scope: Scope) -> tuple[int, bool]:
    number = visible_differences(scope).filter(healed_at__isnull=True).count()
    return number, number > 0


add(
    Entry(
        Group.PLATFORM, 40, "执行进度核对", "progress-differences", "clipboard-check", _system,
        count=_differences,
    )
)  # fmt: skip


def _receives(scope: Scope) -> bool:
    return scope.is_business and scope.kind == "institution"


add(Entry(Group.PROCUREMENT, 30, "收货与退货", "receipts", "clipboard-check", often=_receives))
add(Entry(Group.PROCUREMENT, 35, "追溯码", "codes", "search"))
add(Entry(Group.PROCUREMENT, 32, "发票", "invoices", "file-text"))
add(
    Entry(
        Group.PROCUREMENT, 66, "库存产能", "stock-reports", "clipboard-list",
        shown_to=lambda scope: scope.is_bureau or (scope.is_business and scope.is_manufacturer),
    )
)  # fmt: skip
add(Entry(Group.PROCUREMENT, 62, "应急需求", "surge-reports", "alert-triangle"))
add(Entry(Group.PROCUREMENT, 64, "线下采购", "offline-purchases", "flag"))
add(
    Entry(
        Group.PROCUREMENT, 8, "供应总览", "supply-overview", "eye",
        shown_to=lambda scope: scope.is_business,
        often=lambda scope: scope.kind == "enterprise" or scope.is_bureau,
    )
)  # fmt: skip
