"""Supply in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add

add(Entry(Group.PROCUREMENT, 80, "召回与批号追踪", "recalls", "alert-octagon"))
add(Entry(Group.PROCUREMENT, 40, "约定量账户", "quantity-accounts", "clipboard-check"))
