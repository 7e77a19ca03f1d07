"""The demo province: a whole dataset folder of believable, fictional figures.

Regions, pools and generic names are real; institutions, enterprises and every event are made
up. The same arguments give the same bytes. Only the standard library is used.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

from interchange.demo.batches import build_batches
from interchange.demo.buying import GroupBuyer
from interchange.demo.casting import choose_cast
from interchange.demo.catalogue import (
    plan_price_cuts,
    write_batches,
    write_catalogue,
    write_selections,
)
from interchange.demo.clock import Clock
from interchange.demo.complaints import Complaints
from interchange.demo.demand import Demand
from interchange.demo.enterprises import DeliveryRelations, build_enterprises
from interchange.demo.exemptions import write_exemptions
from interchange.demo.extras import ExtrasBuyer
from interchange.demo.history import write_history
from interchange.demo.institutions import build_consortia, build_institutions
from interchange.demo.names import NameMaker
from interchange.demo.orders import OrderBook
from interchange.demo.parties import write_parties
from interchange.demo.products import build_groups, build_loose
from interchange.demo.receiving import late_payer_share
from interchange.demo.retention import write_retention_inputs
from interchange.demo.streams import Streams
from interchange.demo.tables import Tables
from interchange.demo.volumes import Volumes

__all__ = ["generate"]


def generate(
    directory: Path,
    *,
    last_month: date,
    today: date | None = None,
    progress: Callable[[str], None] | None = None,
    seed: int = 20260101,
    institutions: int = 300,
    months: int = 15,
) -> None:
    """Writes every CSV file of the dataset format into `directory`, replacing those there.

    `months` months of orders end with `last_month`. Nothing happens on or after `today`;
    without it the last month is filled to its 21st day. Raises ValueError when `today` lies
    before the last month, or when there is too little to tell a story with.
    """
    if institutions < 20 or months < 3:
        raise ValueError("a demo province needs at least 20 institutions and 3 months")
    say = progress or (lambda text: None)
    rng = random.Random(seed)
    clock = Clock(last_month, months, today)
    names = NameMaker(rng)

    say("机构、企业与目录")
    batches = build_batches(clock)
    makers, distributors = build_enterprises(rng, names)
    enterprises = list(dict.fromkeys([*makers, *distributors]))
    groups = build_groups(rng, batches, makers)
    loose = build_loose(rng, makers)
    plan_price_cuts(rng, clock, groups)
    buyers = build_institutions(rng, names, institutions)
    consortia = build_consortia(rng, clock, buyers)
    for one in buyers:
        one.late_payer = late_payer_share(one)

    relations = DeliveryRelations(rng, distributors)
    members = {member.code for one in consortia for member, _, _ in one.members}
    cast = choose_cast(rng, buyers, members)
    streams = Streams(rng, clock, relations)
    group_buyer = GroupBuyer(rng, clock, groups, cast=cast, streams=streams)
    needs = group_buyer.needs
    extras = ExtrasBuyer(rng, clock, groups, loose=loose, streams=streams, needs=needs)
    for one in buyers:
        group_buyer.buy(one)
        extras.buy_substitutes(one)
        extras.buy_loose(one)
    demand = Demand(streams.by_institution, needs, cast.unreported)
    volumes = Volumes(rng, clock, batches, needs=needs, consortia=consortia, relations=relations)
    volumes.build()

    with Tables(directory) as tables:
        write_parties(tables, clock, buyers, consortia, enterprises)
        write_catalogue(tables, groups, loose)
        write_batches(tables, clock, batches.values())
        write_selections(tables, clock, groups)
        tables.rows("volume_reports", volumes.reports)
        tables.rows("agreements", volumes.agreements)
        say("上年采购历史")
        write_history(rng, tables, clock, buyers, demand)
        complaints = Complaints(rng, clock)
        year_starts = frozenset(first for one in batches.values() for first, _ in one.years)
        OrderBook(
            rng,
            clock,
            tables,
            streams={one: demand.streams.get(one.code, []) for one in buyers},
            complaints=complaints,
            year_starts=year_starts,
        ).run(progress)
        complaints.cluster()
        tables.rows("complaints", complaints.rows())
        write_exemptions(rng, tables, clock, groups, demand)
        write_retention_inputs(rng, tables, clock, groups)
        say(
            "数据集已写好："
            + "，".join(
                f"{name} {tables.counts[name]}" for name in ("orders", "order_lines", "receipts")
            )
        )
