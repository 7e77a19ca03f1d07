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
from interchange.demo.clock import Clock
from interchange.demo.complaints import Complaints
from interchange.demo.demand import DemandBuilder
from interchange.demo.enterprises import DeliveryRelations, build_enterprises
from interchange.demo.institutions import build_consortia, build_institutions
from interchange.demo.names import NameMaker
from interchange.demo.orders import OrderBook
from interchange.demo.products import build_groups, build_loose
from interchange.demo.reference import (
    plan_price_cuts,
    write_batches,
    write_catalogue,
    write_exemptions,
    write_history,
    write_parties,
    write_retention_inputs,
    write_selections,
)
from interchange.demo.supply import late_payer_share
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
    demand = DemandBuilder(rng, clock, buyers, groups, loose, relations, members).build()
    volumes = Volumes(rng, clock, batches, demand.needs, consortia, relations)
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
        OrderBook(rng, clock, tables, buyers, demand, complaints, year_starts).run(progress)
        complaints.cluster()
        tables.rows("complaints", complaints.rows())
        write_exemptions(rng, tables, clock, groups, demand)
        write_retention_inputs(rng, tables, clock, groups)
        say("数据集已写好：" + "，".join(
            f"{name} {tables.counts[name]}" for name in ("orders", "order_lines", "receipts")
        ))
