"""Rows that describe the province itself: parties, catalogue, batches, exemptions, baselines."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta

from interchange.demo import geography, story
from interchange.demo.batches import Batch
from interchange.demo.clock import Clock, add_months
from interchange.demo.demand import Demand, season_factor, standby_window
from interchange.demo.enterprises import Enterprise
from interchange.demo.institutions import Consortium, Institution
from interchange.demo.products import (
    ORIGINATOR,
    SELECTED,
    STANDBY,
    SUBSTITUTE,
    Group,
    Loose,
    Product,
    substitute_groups,
    whole_province,
)
from interchange.demo.tables import Tables


def yuan(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


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


def write_catalogue(tables: Tables, groups: list[Group], loose: list[Loose]) -> None:
    products = [product for group in groups for product in group.products]
    for group in groups:
        tables.row("groups", (group.code, group.name, group.category, group.unit))
    for product in [*products, *(one.product for one in loose)]:
        tables.row(
            "products",
            (product.code, product.name, product.group.code if product.group else "",
             product.maker.uscc, product.category, product.specification, product.pack_unit,
             product.pack, yuan(product.cents), product.tags),
        )
    by_code = {group.code: group for group in groups}
    for code, substitutes in substitute_groups().items():
        for substitute in substitutes:
            for product in by_code[substitute].of(SUBSTITUTE):
                tables.row("substitutes", (code, product.code))


def write_batches(tables: Tables, clock: Clock, batches: Iterable[Batch]) -> None:
    for batch in batches:
        effective = clock.dates[batch.first_day]
        tables.row(
            "batches",
            (batch.code, batch.name, batch.category, batch.organizer, batch.policy,
             (effective - timedelta(days=35)).isoformat(), effective.isoformat(),
             clock.texts[batch.last_day]),
        )
        for number, (first, last) in enumerate(batch.years, start=1):
            tables.row("batch_years", (batch.code, number, clock.texts[first], clock.texts[last]))
        for name, value, clause in batch.parameters:
            tables.row("batch_parameters", (batch.code, name, value, clause))


def plan_price_cuts(rng: random.Random, clock: Clock, groups: list[Group]) -> None:
    """Two selected products of the national batch become cheaper in the course of it."""
    national = [group for group in groups if group.batch and group.batch.key == "national"]
    for group in rng.sample(national, 2):
        batch = group.batch
        product = group.of(SELECTED)[-1]
        day = clock.month_start(max(1, clock.months - 5))
        if batch is not None and batch.first_day < day <= batch.last_day:
            product.cut_day = day
            product.cut_cents = max(4, round(product.cents * 0.92))


def write_selections(tables: Tables, clock: Clock, groups: list[Group]) -> None:
    for group in groups:
        if group.batch is None:
            continue
        for product in group.of(SELECTED, STANDBY):
            role = "selected" if product.part == SELECTED else "standby"
            regions = product.cities
            if whole_province(product):
                regions = (geography.PROVINCE,)
            for region in regions:
                for first, last, cents in _price_periods(clock, product):
                    tables.row(
                        "selections",
                        (group.batch.code, product.code, region, first, last, role, yuan(cents)),
                    )


def _price_periods(clock: Clock, product: Product) -> list[tuple[str, str, int]]:
    if not product.cut_day:
        return [("", "", product.cents)]
    return [
        ("", clock.texts[product.cut_day - 1], product.cents),
        (clock.texts[product.cut_day], "", product.cut_cents),
    ]


def write_history(
    rng: random.Random, tables: Tables, clock: Clock, institutions: list[Institution],
    demand: Demand,
) -> None:
    """Twelve months before the first order; what is needed rarely was bought in most of them."""
    months = [add_months(clock.first_month, -index) for index in range(12, 0, -1)]
    for institution in institutions:
        streams = sorted(demand.streams[institution.code], key=lambda one: one.product.code)
        for stream in streams:
            yearly = stream.before * 365
            if yearly < 3:
                continue
            bought = months
            if stream.interval > 20:
                bought = sorted(rng.sample(months, 9 if stream.interval < 34 else 8))
            season = [season_factor(stream.season, month.month) for month in bought]
            carry = 0.0
            for month, factor in zip(bought, season, strict=True):
                need = yearly * factor / sum(season) * rng.uniform(0.85, 1.15) + carry
                packs = int(need + 0.5)
                carry = need - packs
                if packs > 0:
                    tables.row(
                        "purchase_history",
                        (institution.code, stream.product.code, f"{month:%Y-%m}", packs,
                         yuan(packs * stream.product.cents)),
                    )


def write_exemptions(
    rng: random.Random, tables: Tables, clock: Clock, groups: list[Group], demand: Demand
) -> None:
    serial = 0
    reported: dict[str, list[str]] = {}
    for need in demand.needs:
        reported.setdefault(need.group.code, []).append(need.institution.code)

    def write(group: Group, product: str, unit: str, kind: str, first: int, last: int | None,
              reason: str) -> None:
        nonlocal serial
        serial += 1
        assert group.batch is not None
        until = "" if last is None else clock.texts[last]
        tables.row(
            "exemptions",
            (f"HM{serial:04d}", group.batch.code, group.code, product, unit, kind,
             clock.texts[first], until, reason),
        )

    first, last = standby_window(clock)
    winter = [group for group in groups if group.batch and group.season]
    for group in groups:
        if group.batch is None or group.batch.first_day >= clock.cutoff_day:
            continue
        units = reported.get(group.code, [])
        if group.code == story.STANDBY_GROUP:
            write(group, "", "", "standby_counts", first, last + 20, "中选企业短期供应不足，启动备供，经核实")
        for product in group.of(ORIGINATOR):
            if "key_monitored" in product.tags and units:
                write(group, "", rng.choice(units), "agreed_volume", group.batch.first_day, None,
                      "列入重点监控目录，用量合理下降")
    for group in winter:
        units = reported.get(group.code, [])
        for unit in rng.sample(units, min(3, len(units))):
            start = max(group.batch.first_day if group.batch else 0, clock.month_start(3))
            write(group, "", unit, "non_selected", start, start + 75, "呼吸道疾病流行期间需求激增，经核实")
    for unit in demand.unreported[:1]:
        national = [group for group in groups if group.batch and group.batch.key == "national"]
        write(rng.choice(national), "", unit, "agreed_volume", clock.month_start(1), None,
              "临床指南变化")


def write_retention_inputs(
    rng: random.Random, tables: Tables, clock: Clock, groups: list[Group]
) -> None:
    for group in groups:
        batch = group.batch
        if batch is None:
            continue
        for number, (first, _) in enumerate(batch.years, start=1):
            if first >= clock.cutoff_day:
                continue
            for pool, _, region in geography.pools():
                if batch.organizer == "city" and region not in (*batch.cities, geography.PROVINCE):
                    continue
                baseline = group.price * rng.uniform(1.7, 3.6) / (1.5 if number > 1 else 1)
                tables.row(
                    "retention_inputs",
                    (batch.code, number, pool, group.code, f"{baseline:.4f}",
                     rng.choice(("0.55", "0.6", "0.65")), rng.choice(("0.6", "0.65", "0.7")),
                     rng.choice(("0.8", "0.85", "0.9", "0.9333"))),
                )
