"""Supply in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add
from organisations.queries.scope import Scope


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
