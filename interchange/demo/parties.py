"""Rows of the parties: regions, pools, institutions, consortia, enterprises."""

from __future__ import annotations

from collections.abc import Iterable

from interchange.demo import geography
from interchange.demo.clock import Clock
from interchange.demo.enterprises import Enterprise
from interchange.demo.institutions import Consortium, Institution
from interchange.demo.tables import Tables


def write_parties(
    tables: Tables,
    clock: Clock,
    institutions: list[Institution],
    consortia: list[Consortium],
    enterprises: Iterable[Enterprise],
) -> None:
    for region in geography.regions():
        tables.row("regions", (region.code, region.name, region.level, region.parent_code))
    tables.rows("pools", geography.pools())
    for one in institutions:
        tables.row(
            "institutions",
            (one.code, one.name, one.region, one.pool, one.level, one.ownership, one.kind),
        )
    for consortium in consortia:
        tables.row("consortia", (consortium.code, consortium.name, consortium.lead.code))
        for member, first, last in consortium.members:
            until = "" if last is None else clock.texts[last]
            tables.row(
                "consortium_members", (consortium.code, member.code, clock.texts[first], until)
            )
    for firm in enterprises:
        tables.row("enterprises", (firm.uscc, firm.name, int(firm.makes), int(firm.delivers)))
