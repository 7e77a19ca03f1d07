"""What stands in the side menu for whom; each app names its own pages.

An app adds its entries in `<app>/queries/navigation.py`, which is imported at start:

    add(Entry(group=Group.MONITORING, order=10, label="预警", route="warning-list",
              icon="alert-triangle", shown_to=lambda scope: scope.is_business))

`count` is called once per page for entries that show how much waits; it gives (number, late).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from django.urls import reverse

from organisations.queries.scope import Scope


class Group(IntEnum):
    """Groups of the menu in their order."""

    HOME = 0
    MONITORING = 1
    CATALOG = 2
    LISTING = 3
    PRICES = 4
    QUALITY = 5
    BATCHES = 6
    VOLUMES = 7
    CONTRACTS = 8
    PROCUREMENT = 9
    COMPLAINTS = 10
    SETTLEMENT = 11
    DATA = 12
    ORGANISATION = 13
    PLATFORM = 14


GROUP_LABELS = {
    Group.HOME: "",
    Group.MONITORING: "监测与预警",
    Group.CATALOG: "产品与名录",
    Group.LISTING: "挂网",
    Group.PRICES: "价格",
    Group.QUALITY: "质量与召回",
    Group.BATCHES: "批次与政策",
    Group.VOLUMES: "报量",
    Group.CONTRACTS: "协议",
    Group.PROCUREMENT: "订单与配送",
    Group.COMPLAINTS: "问题直报",
    Group.SETTLEMENT: "结算",
    Group.DATA: "数据与任务",
    Group.ORGANISATION: "本机构",
    Group.PLATFORM: "平台管理",
}


FIRST = {
    "institution": (
        Group.PROCUREMENT, Group.VOLUMES, Group.CONTRACTS, Group.COMPLAINTS, Group.MONITORING,
        Group.SETTLEMENT,
    ),
    "manufacturer": (
        Group.LISTING, Group.PROCUREMENT, Group.CONTRACTS, Group.COMPLAINTS, Group.SETTLEMENT,
        Group.MONITORING, Group.PRICES,
    ),
    "distributor": (
        Group.PROCUREMENT, Group.COMPLAINTS, Group.CONTRACTS, Group.SETTLEMENT, Group.MONITORING,
    ),
    "bureau": (
        Group.MONITORING, Group.COMPLAINTS, Group.VOLUMES, Group.CONTRACTS, Group.PROCUREMENT,
        Group.SETTLEMENT,
    ),
    "health_commission": (Group.MONITORING, Group.VOLUMES, Group.COMPLAINTS),
    "finance": (Group.SETTLEMENT, Group.MONITORING),
    "agency": (Group.SETTLEMENT, Group.MONITORING),
    "regulator": (Group.QUALITY, Group.LISTING, Group.CATALOG, Group.MONITORING),
    "procurement_centre": (Group.LISTING, Group.PRICES, Group.BATCHES, Group.VOLUMES),
}  # fmt: skip
"""What each kind of reader works with first; the other groups follow in their own order."""

OPENED = 2
"""So many of a reader's first groups stand open until they choose otherwise."""


def everyone_of_the_trade(scope: Scope) -> bool:
    return scope.is_business


def nobody(scope: Scope) -> bool:
    return False


@dataclass(frozen=True)
class Entry:
    """One line of the menu; `often` says for whom it is among the first things done in a day."""

    group: Group
    order: int
    label: str
    route: str
    icon: str = "file-text"
    shown_to: Callable[[Scope], bool] = everyone_of_the_trade
    count: Callable[[Scope], tuple[int, bool]] | None = None
    often: Callable[[Scope], bool] = nobody


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    icon: str
    active: bool
    count: int = 0
    late: bool = False


@dataclass(frozen=True)
class MenuGroup:
    """`key` is what the browser remembers a reader's choice by; a group without label is no fold."""

    key: str
    label: str
    items: list[MenuItem]
    open: bool


_ENTRIES: dict[str, Entry] = {}


def add(*entries: Entry) -> None:
    """Register menu lines; one per route."""
    for entry in entries:
        _ENTRIES[entry.route] = entry


def groups_of(scope: Scope) -> list[Group]:
    """All groups, the reader's own work first."""
    kind = scope.kind
    if kind == "enterprise":
        kind = "manufacturer" if scope.is_manufacturer else "distributor"
    first = (Group.HOME, *FIRST.get(kind, ()))
    return [*first, *(group for group in Group if group not in first)]


def entries_for(scope: Scope) -> list[Entry]:
    """The menu lines of one person, in order."""
    place = {group: number for number, group in enumerate(groups_of(scope))}
    shown = [entry for entry in _ENTRIES.values() if entry.shown_to(scope)]
    return sorted(shown, key=lambda entry: (place[entry.group], entry.order, entry.label))


def menu(scope: Scope, path: str) -> list[MenuGroup]:
    """The menu for a page at `path`; the longest entry that begins it is marked, its group open."""
    entries = entries_for(scope)
    urls = {entry.route: _address(entry.route) for entry in entries}
    active = _active(list(urls.values()), path)
    groups: dict[Group, list[MenuItem]] = {}
    for entry in entries:
        number, late = entry.count(scope) if entry.count else (0, False)
        url = urls[entry.route]
        item = MenuItem(entry.label, url, entry.icon, url == active, number, late)
        groups.setdefault(entry.group, []).append(item)
    standing = [group for group in groups if group != Group.HOME][:OPENED]
    return [
        MenuGroup(
            group.name.lower(),
            GROUP_LABELS[group],
            items,
            open=group in standing or any(item.active for item in items),
        )
        for group, items in groups.items()
    ]


@cache
def _address(route: str) -> str:
    """Of a page without arguments; the same as long as the process runs."""
    return reverse(route)


def _active(urls: list[str], path: str) -> str:
    begun = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(begun, key=len, default="")
