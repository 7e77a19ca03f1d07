"""Agreements and relations in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add

add(
    Entry(Group.CONTRACTS, 10, "三方协议", "agreements", "signature"),
    Entry(
        Group.CONTRACTS, 20, "签订进度", "agreement-progress", "list-check",
        shown_to=lambda scope: scope.is_region_authority,
    ),
)  # fmt: skip
add(Entry(Group.CONTRACTS, 40, "授权书", "powers", "file-certificate"))
add(Entry(Group.CONTRACTS, 50, "未签协议处置", "disposals", "gavel"))
add(Entry(Group.CONTRACTS, 30, "配送关系", "relations", "truck-delivery"))
