"""Agreements and relations in the menu."""

from __future__ import annotations

from organisations.queries.navigation import Entry, Group, add

add(Entry(Group.CONTRACTS, 30, "配送关系", "relations", "truck-delivery"))
